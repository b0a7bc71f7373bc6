package io.mesosiam.agent.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.mesosiam.agent.local.HttpRequest;
import io.mesosiam.agent.local.HttpResponse;
import io.mesosiam.agent.local.RootOwnedPath;
import io.mesosiam.agent.local.TimeLimit;
import io.mesosiam.reach.FileProblem;
import io.mesosiam.reach.NoConnection;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Client of Docker's daemon over its Unix socket, which has to be owned by root (<a
 * href="https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect">ContainerInspect</a>).
 *
 * @param limit time limit of one query
 */
public record DockerDaemon(Path socket, Duration limit) {
    /** An idle daemon answers within a few milliseconds, a busy daemon within a few hundred. */
    public static final Duration USUAL_LIMIT = Duration.ofSeconds(2);

    /**
     * Bytes; the rest of an answer is not read. The description of a container is about 10 KB, more with arguments,
     * environment and labels. Of these, only the arguments precede the name.
     */
    static final int MAX_BODY = 1 << 20;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    /**
     * The reason why the socket is not used; empty if it is a socket of root. Does not check whether a daemon answers.
     */
    public Optional<String> problem() {
        return RootOwnedPath.problem(socket)
                .or(() -> Files.isRegularFile(socket) || Files.isDirectory(socket)
                        ? Optional.of("it is no socket")
                        : Optional.empty());
    }

    /**
     * Queries one container.
     *
     * @param id 64 hexadecimal digits
     */
    public DockerAnswer inspect(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("not the id of a Docker container");
        }
        try {
            HttpResponse reply =
                    query(HttpRequest.get("/containers/" + id + "/json", "Host: docker", "Connection: close"));
            return switch (reply.status()) {
                case 200 -> answer(id, reply);
                case 404 -> new DockerAnswer.NotHere();
                default -> new DockerAnswer.Failed("it answers " + reply.status());
            };
        } catch (IOException e) {
            return new DockerAnswer.Failed(reason(e));
        }
    }

    private HttpResponse query(HttpRequest request) throws IOException {
        Path checked = RootOwnedPath.check(socket).path();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit running = TimeLimit.of(limit, channel)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(checked));
                return request.sendAndReadStart(
                        Channels.newInputStream(channel), Channels.newOutputStream(channel), MAX_BODY);
            } catch (IOException e) {
                throw running.explain(e);
            }
        }
    }

    /** The reason for a failure. The message of some exceptions of the JDK is only the path. */
    private String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no " + socket;
        }
        return NoConnection.of(e).map(why -> socket + ": " + why.words()).orElseGet(() -> FileProblem.describe(e));
    }

    private static DockerAnswer answer(String id, HttpResponse reply) throws IOException {
        InspectedContainer inspected = new InspectedContainer();
        Optional<String> tooLong = reply.isCut() ? Optional.of(HttpResponse.tooLong(MAX_BODY)) : Optional.empty();
        try {
            inspected.read(reply.body());
        } catch (StreamConstraintsException e) {
            tooLong = Optional.of("a name in the answer is longer than is read");
        } catch (JsonProcessingException e) {
            if (!reply.isCut()) {
                // the exception's message may quote the answer
                return new DockerAnswer.Failed("the answer isn't JSON");
            }
        } finally {
            // the answer lists the environment of the container, which may have secrets
            Arrays.fill(reply.body(), (byte) 0);
        }
        return inspected.of(id, tooLong);
    }
}
