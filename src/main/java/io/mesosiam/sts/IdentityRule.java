package io.mesosiam.sts;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Partition;
import java.time.Duration;
import java.util.List;

/**
 * Converts a policy's entitlement to a session's identity. Pure. Values that STS is known to reject are rejected here,
 * naming the policy's field, before a call is made.
 *
 * @param longest limit to which longer sessions are shortened
 * @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html">AssumeRole, request
 *     parameters</a>
 */
record IdentityRule(Duration longest) {
    private static final int MAX_POLICY_ARNS = 10;

    /** AWS's limit for a session that is requested with the session of another role. */
    private static final Duration LONGEST_CHAINED = Duration.ofHours(1);

    private static final FieldText POLICY_ARN = new FieldText("arn:[\\x21-\\x7e]*", 20, 2048);
    private static final FieldText SOURCE_IDENTITY = new FieldText("[\\w+=,.@-]*", 2, 64);
    private static final FieldText EXTERNAL_ID = new FieldText("[\\w+=,.@:/-]*", 2, 1224);

    /** The region becomes part of a host name. */
    private static final FieldText REGION = new FieldText("[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}", 1, 40);

    IdentityRule {
        if (longest.compareTo(Duration.ofMinutes(15)) < 0 || longest.compareTo(Duration.ofHours(12)) > 0) {
            throw new IllegalArgumentException(
                    "mesos-iam.sts.longest-session must be 15 minutes to 12 hours, is " + longest);
        }
    }

    SessionIdentity identity(Entitlement entitlement, CredentialName name, LaunchedTask task) {
        Placeholders placeholders = new Placeholders(task, name, entitlement.sharing());
        String template = entitlement.sessionName().orElse(SessionName.template(entitlement.sharing()));
        SessionTags tags = SessionTags.of(entitlement, placeholders);
        return new SessionIdentity(
                entitlement.role(),
                SessionName.of(template, placeholders),
                entitlement.sessionPolicy().map(SessionPolicy::of),
                policyArns(entitlement.sessionPolicyArns()),
                tags.values(),
                tags.transitive(),
                tags.droppable(),
                entitlement.sourceIdentity().map(id -> SOURCE_IDENTITY.check("source_identity", id)),
                // The message omits the value: more people can read the reason than may know the external id.
                entitlement.externalId().map(IdentityRule::externalId),
                entitlement.region().map(region -> region(region, entitlement.role())),
                entitlement.via().map(hub -> hub(hub, entitlement.role())),
                length(entitlement));
    }

    private Duration length(Entitlement entitlement) {
        Duration allowed = entitlement.via().isPresent() ? shorter(longest, LONGEST_CHAINED) : longest;
        return shorter(entitlement.sessionLength(), allowed);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String region(String region, IamRole role) {
        REGION.check("region", region);
        if (!Partition.ofRegion(region).equals(role.partition())) {
            throw new IllegalArgumentException("region: " + region + " is in the partition "
                    + Partition.ofRegion(region) + ", the IAM role in " + role.partition());
        }
        return region;
    }

    private static IamRole hub(IamRole hub, IamRole role) {
        if (hub.equals(role)) {
            throw new IllegalArgumentException("via_role_arn: is the IAM role itself");
        }
        if (!hub.partition().equals(role.partition())) {
            throw new IllegalArgumentException(
                    "via_role_arn: is in the partition " + hub.partition() + ", the IAM role in " + role.partition());
        }
        return hub;
    }

    private static List<String> policyArns(List<String> arns) {
        if (arns.size() > MAX_POLICY_ARNS) {
            throw new IllegalArgumentException(
                    "session_policy_arns: at most " + MAX_POLICY_ARNS + ", are " + arns.size());
        }
        arns.forEach(arn -> POLICY_ARN.check("session_policy_arns", arn));
        return arns;
    }

    private static String externalId(String id) {
        if (!EXTERNAL_ID.takes(id)) {
            throw new IllegalArgumentException("external_id: must be 2 to 1224 characters of [\\w+=,.@:/-]");
        }
        return id;
    }
}
