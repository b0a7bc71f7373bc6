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
 * Plays systemd for a service with a socket unit: holds the listening socket, and starts the service with it repeatedly.
 * It keeps the descriptors that the service has it store ({@code FileDescriptorStoreMax=5}).
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
            socket(my $notified, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
            bind($notified, pack_sockaddr_un("\\0mesos-iam-unit-$$")) or die "bind: $!";
            $ENV{NOTIFY_SOCKET} //= "\\@mesos-iam-unit-$$";
            print((unpack_sockaddr_in6(getsockname($listening)))[0], "\\n");
            my $recvmsg = (POSIX::uname())[4] eq 'x86_64' ? 47 : 212;
            my @stored;
            # a notification and the descriptor that it passes, by recvmsg(2), which Perl lacks
            sub notification {
                my ($text, $control) = ('', '');
                vec($text, 4095, 8) = 0;
                vec($control, 63, 8) = 0;
                my $part = pack('P Q', $text, 4096);
                my $message = pack('Q Q P Q P Q Q', 0, 0, $part, 1, $control, 64, 0);
                my $length = syscall($recvmsg, fileno($notified), $message, 0x40000040); # CMSG_CLOEXEC, DONTWAIT
                return if $length < 0;
                my $passed = (unpack('Q7', $message))[5] > 0 ? (unpack('Q l l l', $control))[3] : undef;
                return (substr($text, 0, $length), $passed);
            }
            sub notifications {
                while (my ($text, $passed) = notification()) {
                    my ($name) = $text =~ /^FDNAME=(.*)$/m;
                    if ($text =~ /^FDSTOREREMOVE=1$/m) {
                        POSIX::close($_->[1]) for grep { $_->[0] eq $name } @stored;
                        @stored = grep { $_->[0] ne $name } @stored;
                    } elsif ($text =~ /^FDSTORE=1$/m && @stored < 5) {
                        push @stored, [$name, $passed];
                    } elsif (defined $passed) {
                        POSIX::close($passed);
                    }
                }
            }
            my $service;
            sub ended { kill $_[0], $service; waitpid($service, 0); undef $service; return $? >> 8 }
            while (my $line = <STDIN>) {
                my ($order, @variables) = split ' ', $line;
                notifications();
                if ($order eq 'start') {
                    $service = fork() // die "fork: $!";
                    if ($service == 0) {
                        $ENV{$_->[0]} = $_->[1] for map { [split /=/, $_, 2] } @variables;
                        my @passed = (['mesos-iam-agent.socket', fileno($listening)], @stored);
                        $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = @passed;
                        $ENV{LISTEN_FDNAMES} = join(':', map { $_->[0] } @passed);
                        open(STDOUT, '>>', $log); open(STDERR, '>&', \\*STDOUT);
                        # a copy isn't close-on-exec
                        POSIX::dup2($passed[$_][1], 100 + $_) for 0 .. $#passed;
                        for (0 .. $#passed) { POSIX::dup2(100 + $_, 3 + $_); POSIX::close(100 + $_) }
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
