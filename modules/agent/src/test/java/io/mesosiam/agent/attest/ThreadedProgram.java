package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Replaces a container's shell with a program that has threads: Perl, which Debian and similar systems include. */
final class ThreadedProgram {
    private static final Map<String, Integer> EXIT_OF_ONE_THREAD = Map.of("amd64", 60, "aarch64", 93);

    private ThreadedProgram() {}

    private static int exit() {
        return Optional.ofNullable(EXIT_OF_ONE_THREAD.get(System.getProperty("os.arch")))
                .orElse(0);
    }

    static void assume() throws IOException, InterruptedException {
        ContainerLab.assume(exit() > 0, "the number of exit(2) is not known for this machine");
        ContainerLab.assume(
                Files.exists(Path.of("/usr/bin/perl"))
                        && new ProcessBuilder("/usr/bin/perl", "-e", "use threads")
                                        .start()
                                        .waitFor()
                                == 0,
                "no Perl with threads");
    }

    /**
     * Ends the first thread of the process, whose id and start stay the same. Another thread executes the next commands,
     * which are in Perl.
     */
    static void endFirstThread(LabProcess shell) {
        shell.run("exec /usr/bin/perl -e '" + """
                use threads;
                $| = 1;
                threads->create(sub {
                    while (my $line = <STDIN>) {
                        if ($line =~ /^echo .(::done )/) { print $1, $@ ? 1 : 0, "\\n"; }
                        else { eval $line; print $@; }
                    }
                    kill 9, $$;
                })->detach;
                syscall(%d, 0);
                """.formatted(exit()) + "'");
        while (!state(shell).equals("Z")) {
            Thread.onSpinWait();
        }
    }

    private static String state(LabProcess shell) {
        try {
            return LabProcess.state(shell.pid());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Repeatedly executes a program from another thread, which each time becomes the process's first thread. Then a
     * shell executes the next commands.
     */
    static void executeFromAnotherThread(LabProcess shell, int times) {
        shell.run("export P='" + """
                use threads;
                my $left = shift;
                threads->create(sub {
                    exec("bash", "--norc", "-s") if $left == 0;
                    exec("/usr/bin/perl", "-e", $ENV{P}, $left - 1);
                })->detach;
                sleep 1 while 1;
                """ + "'");
        shell.run("exec /usr/bin/perl -e \"$P\" " + times);
    }

    /** The command that makes the program of {@link #endFirstThread} open a connection. */
    static String connecting(String address, int port) {
        return "socket(S, 2, 1, 0) && connect(S, pack(\"S n C4 x8\", 2, %d, %s)) or die $!"
                .formatted(port, address.replace('.', ','));
    }
}
