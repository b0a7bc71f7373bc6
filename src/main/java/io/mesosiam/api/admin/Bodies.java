package io.mesosiam.api.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.Json;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
        try {
            JsonNode value = Json.parse(body == null ? "" : text(body));
            if (value.isObject()) {
                return value;
            }
        } catch (CharacterCodingException e) {
            throw malformed("it is not UTF-8");
        } catch (Json.Malformed e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
        throw malformed("it is another JSON value");
    }

    private static ProblemException malformed(String why) {
        return new ProblemException(ProblemCode.MALFORMED_REQUEST, "the body must be a JSON object: " + why);
    }

    private static String text(byte[] body) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    }

    static Problem.FieldError error(io.mesosiam.admin.Refused.Fault fault) {
        return new Problem.FieldError(fault.field(), fault.message());
    }
}
