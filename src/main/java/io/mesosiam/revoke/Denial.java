package io.mesosiam.revoke;

import io.mesosiam.policy.IamRole;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Sessions of one IAM role that are denied.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html">Revoke sessions</a>
 */
record Denial(UUID id, IamRole role, Sessions sessions) {
    /** Which sessions. */
    sealed interface Sessions {
        /** Those with one of these role session names. */
        record Named(List<String> names) implements Sessions {
            public Named {
                names = List.copyOf(names);
            }
        }

        /** All that were issued before this moment, by any caller. */
        record IssuedBefore(Instant moment) implements Sessions {}
    }

    /** The name of the inline policy. */
    String policyName() {
        return "mesos-iam-revoked-" + id;
    }

    /** The inline policy. The user id of a session is the id of its role, a colon, and its name. */
    String document() {
        return """
                {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":%s}]}""".formatted(condition());
    }

    private String condition() {
        return switch (sessions) {
            case Sessions.Named(List<String> names) ->
                names.stream()
                        .map(name -> "\"*:" + name + "\"")
                        .collect(Collectors.joining(",", "{\"StringLike\":{\"aws:userid\":[", "]}}"));
            case Sessions.IssuedBefore(Instant moment) ->
                "{\"DateLessThan\":{\"aws:TokenIssueTime\":\"" + moment.truncatedTo(ChronoUnit.MILLIS) + "\"}}";
        };
    }
}
