package io.mesosiam.api;

import java.util.List;

/**
 * Ends a request with a problem. The caller sees the message, so it never contains text of the database or a library.
 */
final class ProblemException extends RuntimeException {
    private final ProblemCode code;
    private final transient List<Problem.FieldError> errors;

    ProblemException(ProblemCode code, String detail) {
        this(code, detail, List.of());
    }

    private ProblemException(ProblemCode code, String detail, List<Problem.FieldError> errors) {
        super(detail);
        this.code = code;
        this.errors = errors;
    }

    static ProblemException invalid(List<Problem.FieldError> errors) {
        String detail = errors.size() == 1 ? "1 invalid parameter" : errors.size() + " invalid parameters";
        return new ProblemException(ProblemCode.INVALID_PARAMETER, detail, errors);
    }

    ProblemCode code() {
        return code;
    }

    List<Problem.FieldError> errors() {
        return errors;
    }
}
