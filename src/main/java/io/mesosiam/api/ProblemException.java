package io.mesosiam.api;

import io.mesosiam.signin.CurrentRequest;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * Ends a request with a problem. The caller sees the message, so it never contains text of the database or a library.
 */
public final class ProblemException extends RuntimeException {
    private final ProblemCode code;
    private final transient Problem.Extras extras;

    public ProblemException(ProblemCode code, String detail) {
        this(code, detail, Problem.Extras.NONE);
    }

    public ProblemException(ProblemCode code, String detail, Problem.Extras extras) {
        super(detail);
        this.code = code;
        this.extras = extras;
    }

    /** Ends the request because of its parameters. */
    public static ProblemException invalid(List<Problem.FieldError> errors) {
        String detail = errors.size() == 1 ? "1 invalid parameter" : errors.size() + " invalid parameters";
        return new ProblemException(ProblemCode.INVALID_PARAMETER, detail, Problem.Extras.of(errors));
    }

    /** Ends the request because of the values in its body. */
    public static ProblemException invalidObject(List<Problem.FieldError> errors) {
        String detail = errors.size() == 1 ? "1 invalid field" : errors.size() + " invalid fields";
        return new ProblemException(ProblemCode.INVALID_OBJECT, detail, Problem.Extras.of(errors));
    }

    /** Ends a request that names namespaces which don't exist. Only for callers with a role there. */
    public static void refuseMissing(List<String> namespaces, String field, ProblemCode code) {
        if (!namespaces.isEmpty()) {
            List<Problem.FieldError> errors = namespaces.stream()
                    .map(path -> new Problem.FieldError(field, "there is no namespace " + path))
                    .toList();
            throw new ProblemException(
                    code, "there is no namespace " + namespaces.getFirst(), Problem.Extras.of(errors));
        }
    }

    /** The answer to the request that this ends. */
    public Response response(CurrentRequest request) {
        return ProblemMapper.response(this, request);
    }

    ProblemCode code() {
        return code;
    }

    Problem.Extras extras() {
        return extras;
    }
}
