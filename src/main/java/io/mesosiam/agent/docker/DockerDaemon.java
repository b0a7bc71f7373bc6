package io.mesosiam.agent.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.mesosiam.agent.local.HttpQuestion;
import io.mesosiam.agent.local.HttpReply;
import io.mesosiam.agent.local.RootsPath;
import io.mesosiam.agent.local.TimeLimit;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
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

    /** What it says of a container is some 10 KB; labels and mounts make it more. */
    private static final int MAX_BODY = 1 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    /** Why nothing is asked there; empty if the path is a socket of root's. Whether a daemon answers is not looked at. */
    public Optional<String> problem() {
        return RootsPath.problem(socket)
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
            HttpReply reply = ask(HttpQuestion.get("/containers/" + id + "/json", "Host: docker", "Connection: close"));
            return switch (reply.status()) {
                case 200 -> answer(id, reply.body());
                case 404 -> new DockerAnswer.NotHere();
                default -> new DockerAnswer.Failed("it answers " + reply.status());
            };
        } catch (IOException e) {
            return new DockerAnswer.Failed(String.valueOf(e.getMessage()));
        }
    }

    private HttpReply ask(HttpQuestion question) throws IOException {
        Path checked = RootsPath.check(socket).path();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                TimeLimit running = TimeLimit.of(limit, channel)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(checked));
                return question.ask(Channels.newInputStream(channel), Channels.newOutputStream(channel), MAX_BODY);
            } catch (IOException e) {
                throw running.explain(e);
            }
        }
    }

    private static DockerAnswer answer(String id, byte[] body) throws IOException {
        try {
            return read(id, body);
        } catch (JsonProcessingException e) {
            // its own message may quote the answer
            return new DockerAnswer.Failed("the answer isn't JSON");
        } finally {
            // tasks have secrets in their environment, which the answer lists
            Arrays.fill(body, (byte) 0);
        }
    }

    private static DockerAnswer read(String id, byte[] body) throws IOException {
        String answeredId = "";
        String name = "";
        long pid = 0;
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return new DockerAnswer.Failed("the answer is no object");
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                switch (field) {
                    case "Id" -> answeredId = json.getValueAsString("");
                    case "Name" -> name = json.getValueAsString("");
                    case "State" -> pid = pid(json);
                    default -> json.skipChildren();
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT) {
                return new DockerAnswer.Failed("the answer is broken");
            }
        }
        if (!answeredId.equals(id)) {
            return new DockerAnswer.Failed("the answer is about another container");
        }
        // the API writes a slash before it
        return new DockerAnswer.Known(name.startsWith("/") ? name.substring(1) : name, pid);
    }

    private static long pid(JsonParser json) throws IOException {
        long pid = 0;
        if (json.currentToken() == JsonToken.START_OBJECT) {
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                if (field.equals("Pid")) {
                    pid = json.getValueAsLong(0);
                } else {
                    json.skipChildren();
                }
            }
        }
        return pid;
    }
}
