package io.mesosiam.api.admin;

import io.mesosiam.admin.Refused;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import java.util.List;
import java.util.Optional;

/** The problem that a refused write is answered with. */
public final class RefusedProblem {
    private RefusedProblem() {}

    /**
     * The problem for a refusal.
     *
     * @param expected the request's If-Match or If-None-Match
     */
    public static ProblemException of(Refused why, String requestId, String expected) {
        return switch (why) {
            case Refused.Invalid invalid -> {
                List<Problem.FieldError> errors =
                        invalid.faults().stream().map(Bodies::error).toList();
                yield problem(
                        ProblemCode.INVALID_OBJECT,
                        errors.size() == 1 ? "1 invalid field" : errors.size() + " invalid fields",
                        requestId,
                        errors);
            }
            case Refused.NotFound _ -> problem(ProblemCode.NOT_FOUND, "there is no such object", requestId, List.of());
            case Refused.PreconditionFailed failed ->
                new ProblemException(
                        ProblemCode.PRECONDITION_FAILED,
                        failed.current().isPresent() ? "the object has another version" : "the object does not exist",
                        new Problem.Extras(
                                Optional.of(requestId),
                                List.of(),
                                Optional.of(new Problem.Versions(
                                        expected,
                                        failed.current().map(EntityTags::header).orElse(null)))));
            case Refused.LostRace _ ->
                problem(
                        ProblemCode.CONFLICT,
                        "another request changed this at the same time; send the request again",
                        requestId,
                        List.of());
            case Refused.Conflict conflict -> problem(ProblemCode.CONFLICT, conflict.demand(), requestId, List.of());
            case Refused.WithOthers _ ->
                problem(ProblemCode.CONFLICT, "another change of the same request is refused", requestId, List.of());
            case Refused.NotPermitted _ ->
                problem(
                        ProblemCode.NOT_PERMITTED,
                        "the database user of the administration lacks a right: see docs/administration.md",
                        requestId,
                        List.of());
        };
    }

    /** The code of the problem for a refusal. */
    public static ProblemCode code(Refused why) {
        return switch (why) {
            case Refused.Invalid _ -> ProblemCode.INVALID_OBJECT;
            case Refused.NotFound _ -> ProblemCode.NOT_FOUND;
            case Refused.PreconditionFailed _ -> ProblemCode.PRECONDITION_FAILED;
            case Refused.LostRace _, Refused.Conflict _, Refused.WithOthers _ -> ProblemCode.CONFLICT;
            case Refused.NotPermitted _ -> ProblemCode.NOT_PERMITTED;
        };
    }

    private static ProblemException problem(
            ProblemCode code, String detail, String requestId, List<Problem.FieldError> errors) {
        return new ProblemException(code, detail, new Problem.Extras(Optional.of(requestId), errors, Optional.empty()));
    }
}
