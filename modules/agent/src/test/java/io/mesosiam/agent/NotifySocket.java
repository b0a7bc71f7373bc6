package io.mesosiam.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The socket of a service manager (sd_notify(3)): a Unix datagram socket, which the JDK does not support. */
public final class NotifySocket implements AutoCloseable {
    private static final String LISTEN = """
            use strict; use Socket;
            my $message;
            my $name = $ARGV[0] =~ s/^@/\\0/r;
            socket(my $listening, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
            bind($listening, pack_sockaddr_un($name)) or die "bind: $!";
            $| = 1;
            print "listens\\n";
            do { recv($listening, $message, 4096, 0) // die "recv: $!" } while $message =~ /^FDSTORE=1$/m;
            print "$message\\n";
            """;

    private final Process perl;

    private NotifySocket(Process perl) {
        this.perl = perl;
    }

    public static boolean canListen() {
        return Files.exists(Path.of("/usr/bin/perl"));
    }

    /** Listens at a path, or under an abstract name that begins with {@code @}. */
    public static NotifySocket listen(String name) throws IOException {
        Process perl = new ProcessBuilder("/usr/bin/perl", "-e", LISTEN, name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String first = perl.inputReader().readLine();
        if (!"listens".equals(first)) {
            throw new IOException("the socket can't be made");
        }
        return new NotifySocket(perl);
    }

    /** The first message that stores no descriptor; waits for it. */
    public String firstMessage() throws IOException {
        return perl.inputReader().readLine();
    }

    @Override
    public void close() {
        perl.destroyForcibly();
    }
}
