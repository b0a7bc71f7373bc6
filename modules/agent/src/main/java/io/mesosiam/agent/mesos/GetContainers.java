package io.mesosiam.agent.mesos;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.mesosiam.agent.cgroup.ContainerPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Parses the Mesos agent's answer to GET_CONTAINERS. The {@code container_id} of an entry does not include its parents;
 * the one in its {@code container_status} does. Entries without a status are ignored.
 */
final class GetContainers {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private GetContainers() {}

    /**
     * The containers of one complete answer.
     *
     * @throws IOException if it is not such an answer, or a container's id is invalid
     */
    static List<MesosContainer> read(byte[] body) throws IOException {
        // a framework chooses the names of executors: a name that is not UTF-8 affects no other container
        try (JsonParser json = JSON.createParser(new String(body, StandardCharsets.UTF_8))) {
            List<MesosContainer> containers = new ArrayList<>();
            boolean answered = false;
            expect(json.nextToken(), JsonToken.START_OBJECT);
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                if (field.equals("get_containers")) {
                    answered = true;
                    lists(json, containers);
                } else {
                    json.skipChildren();
                }
            }
            expect(json.currentToken(), JsonToken.END_OBJECT);
            expect(json.nextToken(), null);
            if (!answered) {
                throw new IOException("the answer does not match GET_CONTAINERS");
            }
            return containers;
        }
    }

    private static void lists(JsonParser json, List<MesosContainer> containers) throws IOException {
        expect(json.currentToken(), JsonToken.START_OBJECT);
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            if (field.equals("containers")) {
                expect(json.currentToken(), JsonToken.START_ARRAY);
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    container(json).ifPresent(containers::add);
                }
            } else {
                json.skipChildren();
            }
        }
    }

    private static Optional<MesosContainer> container(JsonParser json) throws IOException {
        boolean ofFramework = false;
        Status status = new Status("", OptionalLong.empty());
        expect(json.currentToken(), JsonToken.START_OBJECT);
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "framework_id", "executor_id" -> {
                    ofFramework = true;
                    json.skipChildren();
                }
                case "container_status" -> status = status(json);
                default -> json.skipChildren();
            }
        }
        if (status.id().isEmpty()) {
            return Optional.empty();
        }
        boolean nested = status.id().contains("/");
        return Optional.of(new MesosContainer(status.id(), status.pid(), Optional.empty(), !nested && !ofFramework));
    }

    private record Status(String id, OptionalLong pid) {}

    private static Status status(JsonParser json) throws IOException {
        String id = "";
        OptionalLong pid = OptionalLong.empty();
        expect(json.currentToken(), JsonToken.START_OBJECT);
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "container_id" -> id = id(json, 1);
                case "executor_pid" -> {
                    long value = json.getValueAsLong(0);
                    pid = value > 0 ? OptionalLong.of(value) : OptionalLong.empty();
                }
                default -> json.skipChildren();
            }
        }
        return new Status(id, pid);
    }

    /** Parses {@code {"value":CHILD,"parent":{"value":PARENT}}}, innermost first. */
    private static String id(JsonParser json, int depth) throws IOException {
        String value = "";
        String parent = "";
        expect(json.currentToken(), JsonToken.START_OBJECT);
        if (depth > ContainerPath.MAX_DEPTH) {
            throw new IOException("a container is nested deeper than " + ContainerPath.MAX_DEPTH);
        }
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "value" -> value = json.getValueAsString("");
                case "parent" -> parent = id(json, depth + 1);
                default -> json.skipChildren();
            }
        }
        if (!ContainerPath.isSegment(value)) {
            throw new IOException("a container has an invalid id");
        }
        return parent.isEmpty() ? value : parent + "/" + value;
    }

    private static void expect(@Nullable JsonToken found, @Nullable JsonToken wanted) throws IOException {
        if (found != wanted) {
            throw new IOException("the answer does not match GET_CONTAINERS");
        }
    }
}
