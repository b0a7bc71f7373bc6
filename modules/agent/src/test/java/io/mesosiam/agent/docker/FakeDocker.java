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
 * The part of Docker's daemon that the agent uses: HTTP over a Unix socket in a directory of root, some fields of a
 * container, and the ways in which an answer can fail.
 */
public final class FakeDocker implements AutoCloseable {
    /** Writes an answer, valid or not. */
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
    private final AtomicInteger requests = new AtomicInteger();
    private final Thread acceptor = Thread.ofVirtual().unstarted(this::serve);

    private FakeDocker(Path directory) throws IOException {
        this.directory = directory;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket()));
        acceptor.start();
    }

    /** Starts one. The agent uses it only if root started it. */
    public static FakeDocker start() throws IOException {
        return new FakeDocker(Files.createTempDirectory(Path.of("/run"), "mesos-iam-docker"));
    }

    public Path socket() {
        return directory.resolve("docker.sock");
    }

    /** The number of requests. */
    public int requests() {
        return requests.get();
    }

    /** Adds a container. */
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

    /** Sets the behaviour for requests about this container. */
    public void does(String id, Behaviour behaviour) {
        containers.put(id, behaviour);
    }

    public void forgets(String id) {
        containers.remove(id);
    }

    /** A long answer of a daemon (20.10) to an HTTP/1.0 request: without a length, until the end of the connection. */
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
            // the test has ended
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(SocketChannel accepted) {
        try (accepted) {
            String request = new Scanner(Channels.newInputStream(accepted), StandardCharsets.US_ASCII)
                    .useDelimiter("\r\n\r\n")
                    .next();
            requests.incrementAndGet();
            String id = request.replaceFirst("(?s)GET /containers/(.*?)/json HTTP/1.0\r\n.*", "$1");
            Behaviour behaviour = containers.get(id);
            OutputStream out = Channels.newOutputStream(accepted);
            if (behaviour == null) {
                out.write(notFound(id));
            } else {
                behaviour.answer(out);
            }
        } catch (IOException hungUp) {
            // the client closed the connection early
        }
    }

    /**
     * Closes the socket and waits for the accepting thread, because the kernel keeps a listening socket until then. The
     * socket's file remains, as after a daemon that was killed.
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
