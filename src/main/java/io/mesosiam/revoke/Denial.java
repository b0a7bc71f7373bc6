package io.mesosiam.revoke;

import io.mesosiam.policy.IamRole;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sessions of one IAM role that are denied: those that agree with what is set.
 *
 * @param names the role session names; empty for every name
 * @param issuedBefore the moment before which they were issued, by any caller; empty for any time
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html">Revoke sessions</a>
 */
record Denial(UUID id, IamRole role, List<String> names, Optional<Instant> issuedBefore) {
    Denial {
        names = List.copyOf(names);
        if (names.isEmpty() && issuedBefore.isEmpty()) {
            throw new IllegalArgumentException("session_names, issued_before: at least one of both");
        }
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
        Stream<String> byName = names.isEmpty()
                ? Stream.empty()
                : Stream.of(names.stream()
                        .map(name -> "\"*:" + name + "\"")
                        .collect(Collectors.joining(",", "\"StringLike\":{\"aws:userid\":[", "]}")));
        Stream<String> byTime = issuedBefore.stream()
                .map(moment ->
                        "\"DateLessThan\":{\"aws:TokenIssueTime\":\"" + moment.truncatedTo(ChronoUnit.MILLIS) + "\"}");
        return Stream.concat(byName, byTime).collect(Collectors.joining(",", "{", "}"));
    }
}
