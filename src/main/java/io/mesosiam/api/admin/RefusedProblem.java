package io.mesosiam.api.admin;

import io.mesosiam.admin.Refused;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The problem that a refused write is answered with. */
public final class RefusedProblem {
    private RefusedProblem() {}

    /**
     * The problem for a refusal.
     *
     * @param expected the request's If-Match or If-None-Match
     */
    public static ProblemException of(Refused why, String expected) {
        return switch (why) {
            case Refused.Invalid invalid ->
                ProblemException.invalidObject(
                        invalid.faults().stream().map(Bodies::error).toList());
            case Refused.PreconditionFailed failed ->
                new ProblemException(
                        code(why),
                        next(failed.current(), expected),
                        new Problem.Extras(
                                List.of(),
                                Optional.of(new Problem.Versions(
                                        expected,
                                        failed.current().map(EntityTags::header).orElse(null))),
                                OptionalLong.empty()));
            case Refused.NotFound(String object) -> new ProblemException(code(why), "there is no " + object);
            case Refused.LostRace _ ->
                new ProblemException(
                        code(why), "another request changed this at the same time; send the request again");
            case Refused.Conflict conflict -> new ProblemException(code(why), conflict.demand());
            case Refused.WithOthers _ ->
                new ProblemException(code(why), "another change of the same request is refused");
            case Refused.NotPermitted _ ->
                new ProblemException(
                        code(why),
                        "the database user of the administration lacks a right, which the readiness check"
                                + " administration names: grant mesos_iam_admin to it, as docs/administration.md says");
        };
    }

    /** What a caller can do whose precondition failed. */
    private static String next(Optional<String> current, String expected) {
        if (current.isEmpty()) {
            return "the object does not exist: it may have been deleted. Send the request without If-Match to create it";
        }
        return expected.equals("*")
                ? "the object exists already: read it, and send the request with its ETag as If-Match to change it"
                : "If-Match names another version than the stored one: read the object again, compare, and send the"
                        + " request with the new ETag. 'versions' has both";
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
}
