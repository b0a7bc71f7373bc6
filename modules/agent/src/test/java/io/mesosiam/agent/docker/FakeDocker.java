package io.mesosiam.agent.docker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Docker's daemon as far as we ask it: HTTP over a Unix socket in a directory of root's, some of what it says of a container, and all
 * the ways in which it may not say it.
 */
public final class FakeDocker implements AutoCloseable {
    /** Writes an answer, or whatever it likes. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(OutputStream out) throws IOException;
    }

    private static final String HEAD = """
            HTTP/1.0 %s\r
            Api-Version: 1.41\r
            Content-Type: application/json\r
            Docker-Experimental: false\r
            Ostype: linux\r
            Server: Docker/20.10.24+dfsg1 (linux)\r
            Date: Wed, 01 Jan 2025 00:00:00 GMT\r
            """;

    private final Path directory;
    private final ServerSocketChannel server;
    private final Map<String, Behaviour> containers = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Thread acceptor = Thread.ofVirtual().unstarted(this::serve);

    private FakeDocker(Path directory) throws IOException {
        this.directory = directory;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket()));
        acceptor.start();
    }

    /** Only root can start one that is believed. */
    public static FakeDocker start() throws IOException {
        return new FakeDocker(Files.createTempDirectory(Path.of("/run"), "mesos-iam-docker"));
    }

    public Path socket() {
        return directory.resolve("docker.sock");
    }

    /** How often it was asked. */
    public int asked() {
        return asked.get();
    }

    /** From now on there is such a container. */
    public void has(String id, String name, long pid) {
        does(id, out -> out.write(ok("""
                {"Id":"%s","Created":"2025-01-01T00:00:00Z","Path":"sleep","Args":["Id","x"],\
                "State":{"Status":"running","Running":true,"Paused":false,"Restarting":false,"OOMKilled":false,"Dead":false,\
                "Pid":%d,"ExitCode":0,"Error":"","Health":{"Status":"healthy","Log":[{"Pid":1}]}},\
                "Name":"/%s","RestartCount":0,"Driver":"overlay2","AppArmorProfile":"docker-default","ExecIDs":null,\
                "HostConfig":{"NetworkMode":"host","CgroupnsMode":"private"},\
                "Config":{"Env":["SECRET=x"],"Labels":{"Name":"/mesos-other"}}}
                """.formatted(id, pid, name))));
    }

    /** From now on it behaves so when it is asked about this container. */
    public void does(String id, Behaviour behaviour) {
        containers.put(id, behaviour);
    }

    public void forgets(String id) {
        containers.remove(id);
    }

    /** As a daemon (20.10) answers HTTP/1.0 when it has much to say: without the length, to the connection's end. */
    public static byte[] ok(String body) {
        return (HEAD.formatted("200 OK") + "\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] notFound(String id) {
        String body = "{\"message\":\"No such container: %s\"}\n".formatted(id);
        return (HEAD.formatted("404 Not Found") + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel accepted = server.accept();
                Thread.ofVirtual().start(() -> answer(accepted));
            }
        } catch (ClosedChannelException closed) {
            // the test is over
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(SocketChannel accepted) {
        try (accepted) {
            String request = new Scanner(Channels.newInputStream(accepted), StandardCharsets.US_ASCII)
                    .useDelimiter("\r\n\r\n")
                    .next();
            asked.incrementAndGet();
            String id = request.replaceFirst("(?s)GET /containers/(.*?)/json HTTP/1.0\r\n.*", "$1");
            Behaviour behaviour = containers.get(id);
            OutputStream out = Channels.newOutputStream(accepted);
            if (behaviour == null) {
                out.write(notFound(id));
            } else {
                behaviour.answer(out);
            }
        } catch (IOException hungUp) {
            // whoever asked had enough
        }
    }

    /**
     * Leaves its socket's file, as a daemon that was killed. The socket is closed afterwards. The kernel keeps a listening socket until the thread that
     * accepts on it is done.
     */
    void stopListening() throws IOException {
        server.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        stopListening();
        Files.deleteIfExists(socket());
        Files.delete(directory);
    }
}
