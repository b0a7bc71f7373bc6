package io.mesosiam.api.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.Json;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads bodies of requests. */
public final class Bodies {
    private Bodies() {}

    /**
     * The JSON object of a body.
     *
     * @throws ProblemException if the body is not one JSON object in UTF-8
     */
    public static JsonNode object(byte @Nullable [] body) {
        return Optional.ofNullable(body)
                .flatMap(Bodies::text)
                .flatMap(Json::read)
                .filter(JsonNode::isObject)
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.MALFORMED_REQUEST, "the body is not a JSON object, or has a key twice"));
    }

    private static Optional<String> text(byte[] body) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    static Problem.FieldError error(io.mesosiam.admin.Refused.Fault fault) {
        return new Problem.FieldError(fault.field(), fault.message());
    }
}
