package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Replaces a container's shell with a program that has threads: Perl, which Debian and similar systems include. */
final class ThreadedProgram {
    /** The numbers of exit(2), ptrace(2) and waitid(2). */
    private record Calls(int exit, int ptrace, int waitid) {}

    private static final Map<String, Calls> CALLS =
            Map.of("amd64", new Calls(60, 101, 247), "aarch64", new Calls(93, 117, 95));

    private ThreadedProgram() {}

    private static Optional<Calls> calls() {
        return Optional.ofNullable(CALLS.get(System.getProperty("os.arch")));
    }

    static void assume() throws IOException, InterruptedException {
        ContainerLab.assume(calls().isPresent(), "the numbers of system calls are not known for this machine");
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
        start(shell);
        handOver(shell, "");
    }

    /**
     * As {@link #endFirstThread}, with threads that were started and ended before the living one, and are not released.
     *
     * @return the process that keeps them, until it ends
     */
    static Process endFirstThreadAfter(int ended, LabProcess shell) throws IOException {
        start(shell);
        Process tracer = tracer(shell.pid());
        handOver(shell, "threads->create(sub {})->join for 1..%d;".formatted(ended));
        return tracer;
    }

    /** Executes commands in the first thread. It reads them byte by byte, so that another thread can continue. */
    private static void start(LabProcess shell) {
        shell.run("exec /usr/bin/perl -e '" + """
                use threads;
                $| = 1;
                sub line {
                    my $line = "";
                    while (sysread(STDIN, my $next, 1)) { $line .= $next; return $line if $next eq "\\n"; }
                    kill 9, $$;
                }
                sub commands {
                    while (my $line = line()) {
                        if ($line =~ /^echo .(::done )/) { print $1, $@ ? 1 : 0, "\\n"; }
                        else { eval $line; print $@; }
                    }
                }
                commands();
                """ + "'");
    }

    private static void handOver(LabProcess shell, String before) {
        shell.run(before
                + "threads->create(\\&commands)->detach; syscall(%d, 0)"
                        .formatted(calls().orElseThrow().exit()));
        while (!state(shell).equals("Z")) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Traces every thread, continues it when it stops, and never waits for an ended thread. */
    private static Process tracer(long pid) throws IOException {
        Calls calls = calls().orElseThrow();
        Process tracer = new ProcessBuilder(
                        "/usr/bin/perl", "-e", """
                        my ($ptrace, $waitid, $pid) = map { $_ + 0 } @ARGV;
                        my ($seize, $continue, $new_threads_too) = (0x4206, 7, 8);
                        my ($stopped, $threads_too) = (2, 0x40000000);
                        $| = 1;
                        syscall($ptrace, $seize, $pid, 0, $new_threads_too) == 0 or die $!;
                        print "traced\\n";
                        while (1) {
                            my $info = "\\0" x 128;
                            if (syscall($waitid, 0, 0, $info, $stopped | $threads_too, 0) != 0) {
                                sleep 1;
                                next;
                            }
                            my ($thread, $signal) = unpack("x16 l x4 l", $info);
                            syscall($ptrace, $continue, $thread, 0, $signal > 255 ? 0 : $signal);
                        }
                        """, "" + calls.ptrace(), "" + calls.waitid(), "" + pid)
                .redirectErrorStream(true)
                .start();
        ContainerLab.assume("traced".equals(tracer.inputReader().readLine()), "the process can't be traced");
        return tracer;
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
