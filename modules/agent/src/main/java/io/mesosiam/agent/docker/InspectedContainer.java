package io.mesosiam.agent.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Id, name and first process in an answer to ContainerInspect, which may have been read only in part. */
final class InspectedContainer {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Optional<String> id = Optional.empty();
    private Optional<String> name = Optional.empty();
    private OptionalLong pid = OptionalLong.empty();
    private Optional<String> problem = Optional.empty();

    /**
     * Reads an answer, or its beginning.
     *
     * @throws com.fasterxml.jackson.core.JsonProcessingException if it is not JSON or is incomplete. The fields before
     *     that point have been read
     */
    void read(byte[] body) throws IOException {
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                problem = Optional.of("the answer is no object");
                return;
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                switch (field) {
                    case "Id" -> id = Optional.of(json.getValueAsString(""));
                    case "Name" -> name = Optional.of(json.getValueAsString(""));
                    case "State" -> pid = OptionalLong.of(readPid(json));
                    default -> json.skipChildren();
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT) {
                problem = Optional.of("the answer is incomplete or has duplicates");
            }
        }
    }

    private static long readPid(JsonParser json) throws IOException {
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

    /**
     * The answer for the requested container.
     *
     * @param tooLong why only the beginning was read; empty if all of it was
     */
    DockerAnswer of(String requested, Optional<String> tooLong) {
        if (tooLong.isPresent() && (id.isEmpty() || name.isEmpty() || pid.isEmpty())) {
            return new DockerAnswer.TooLong(tooLong.get());
        }
        if (problem.isPresent()) {
            return new DockerAnswer.Failed(problem.get());
        }
        if (!id.equals(Optional.of(requested))) {
            return new DockerAnswer.Failed("the answer is about another container");
        }
        String written = name.orElse("");
        // the API adds a leading slash
        return new DockerAnswer.Known(written.startsWith("/") ? written.substring(1) : written, pid.orElse(0));
    }
}
