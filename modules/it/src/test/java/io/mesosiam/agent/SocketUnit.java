package io.mesosiam.agent;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Plays systemd for a service with a socket unit: holds the listening socket, and starts the service with it
 * repeatedly.
 */
public final class SocketUnit implements AutoCloseable {
    /**
     * Reads {@code start NAME=VALUE …}, {@code stop} and {@code kill}, answers each with one line; the service ends
     * together with it.
     */
    private static final String MANAGER = """
            use strict; use Socket; use POSIX ();
            my ($port, $log, @command) = @ARGV;
            $| = 1;
            socket(my $listening, AF_INET6, SOCK_STREAM, 0) or die "socket: $!";
            setsockopt($listening, SOL_SOCKET, SO_REUSEADDR, 1) or die "setsockopt: $!";
            setsockopt($listening, 41, 26, 0) or die "both families: $!"; # IPPROTO_IPV6, IPV6_V6ONLY
            bind($listening, pack_sockaddr_in6($port, Socket::inet_pton(AF_INET6, '::'))) or die "bind: $!";
            listen($listening, 4096) or die "listen: $!";
            print((unpack_sockaddr_in6(getsockname($listening)))[0], "\\n");
            my $service;
            sub ended { kill $_[0], $service; waitpid($service, 0); undef $service; return $? >> 8 }
            while (my $line = <STDIN>) {
                my ($order, @variables) = split ' ', $line;
                if ($order eq 'start') {
                    $service = fork() // die "fork: $!";
                    if ($service == 0) {
                        $ENV{$_->[0]} = $_->[1] for map { [split /=/, $_, 2] } @variables;
                        $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1;
                        open(STDOUT, '>>', $log); open(STDERR, '>&', \\*STDOUT);
                        POSIX::dup2(fileno($listening), 3);
                        $^F = 3;
                        fcntl(do { open(my $three, '<&=', 3); $three }, 2, 0); # not close-on-exec
                        exec { $command[0] } @command;
                        POSIX::_exit(127);
                    }
                    print "$service\\n";
                } else {
                    print ended($order eq 'stop' ? 'TERM' : 'KILL'), "\\n";
                }
            }
            ended('KILL') if defined $service;
            """;

    private final Process manager;
    private final BufferedReader output;
    private final BufferedWriter orders;

    private SocketUnit(Process manager) {
        this.manager = manager;
        this.output = manager.inputReader();
        this.orders = manager.outputWriter();
    }

    /**
     * Listens, for both address families; the service is not started yet.
     *
     * @param log output of the service is appended to it
     * @param command the service
     * @param environment the whole environment of the service
     */
    public static SocketUnit listen(int port, Path log, List<String> command, Map<String, String> environment)
            throws IOException {
        return listen(List.of(), port, log, command, environment);
    }

    /**
     * The same, through another program.
     *
     * @param through a command that becomes the manager, for example after it has entered a network namespace
     */
    public static SocketUnit listen(
            List<String> through, int port, Path log, List<String> command, Map<String, String> environment)
            throws IOException {
        List<String> perl = new ArrayList<>(through);
        perl.addAll(List.of("perl", "-e", MANAGER, String.valueOf(port), log.toString()));
        perl.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(perl).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(environment);
        SocketUnit unit = new SocketUnit(builder.start());
        unit.answer();
        return unit;
    }

    /** Starts the service and returns its pid; the service may not be ready yet. */
    public long start() {
        return order("start");
    }

    /** The same, with one variable changed for this time. */
    public long start(String variable, String value) {
        return order("start " + variable + "=" + value);
    }

    /** Sends SIGTERM, waits for the end and gives the exit code. */
    public long stop() {
        return order("stop");
    }

    /** Kills the service, and waits for its end. */
    public void kill() {
        order("kill");
    }

    private long order(String what) {
        try {
            orders.write(what + "\n");
            orders.flush();
            return answer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long answer() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the socket's holder has ended");
        }
        return Long.parseLong(line);
    }

    /** Ends the service and then the socket. */
    @Override
    public void close() throws IOException {
        orders.close();
        manager.onExit().join();
    }
}
