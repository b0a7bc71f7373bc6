package io.mesosiam.agent.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.mesosiam.agent.local.HttpRequest;
import io.mesosiam.agent.local.HttpResponse;
import io.mesosiam.agent.local.RootOwnedPath;
import io.mesosiam.agent.local.TimeLimit;
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
 * Asks Docker's daemon over its Unix socket, which has to be root's (<a
 * href="https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect">ContainerInspect</a>).
 *
 * @param limit how long one question may take
 */
public record DockerDaemon(Path socket, Duration limit) {
    /** An idle daemon answers within some milliseconds, one that pulls and builds within some hundred. */
    public static final Duration USUAL_LIMIT = Duration.ofSeconds(2);

    /**
     * An answer is some 10 KB; arguments, environment and labels make it more, and only the arguments are before the name. What follows these bytes
     * is not read.
     */
    static final int MAX_BODY = 1 << 20;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    /** Why nothing is asked there; empty if the path is a socket of root's. Whether a daemon answers is not looked at. */
    public Optional<String> problem() {
        return RootOwnedPath.problem(socket)
                .or(() -> Files.isRegularFile(socket) || Files.isDirectory(socket)
                        ? Optional.of("it is no socket")
                        : Optional.empty());
    }

    /**
     * What it says of one container.
     *
     * @param id 64 hexadecimal digits
     */
    public DockerAnswer inspect(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("not the id of a Docker container");
        }
        try {
            HttpResponse reply =
                    ask(HttpRequest.get("/containers/" + id + "/json", "Host: docker", "Connection: close"));
            return switch (reply.status()) {
                case 200 -> answer(id, reply);
                case 404 -> new DockerAnswer.NotHere();
                default -> new DockerAnswer.Failed("it answers " + reply.status());
            };
        } catch (IOException e) {
            return new DockerAnswer.Failed(reason(e));
        }
    }

    private HttpResponse ask(HttpRequest question) throws IOException {
        Path checked = RootOwnedPath.check(socket).path();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit running = TimeLimit.of(limit, channel)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(checked));
                return question.askStart(Channels.newInputStream(channel), Channels.newOutputStream(channel), MAX_BODY);
            } catch (IOException e) {
                throw running.explain(e);
            }
        }
    }

    /** An IOException of the JDK about a path has the path as its message. */
    private String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no " + socket;
        }
        return NoConnection.of(e)
                .map(why -> socket + ": " + why.words())
                .orElseGet(() -> String.valueOf(e.getMessage()));
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
                // its own message may quote the answer
                return new DockerAnswer.Failed("the answer isn't JSON");
            }
        } finally {
            // tasks have secrets in their environment, which the answer lists
            Arrays.fill(reply.body(), (byte) 0);
        }
        return inspected.of(id, tooLong);
    }
}
