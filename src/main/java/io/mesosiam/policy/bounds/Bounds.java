package io.mesosiam.policy.bounds;

import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.Glob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one namespace allows its policies and those of the namespaces below it. An absent bound allows everything, an empty
 * list nothing.
 *
 * @param iamRoleArns patterns for the ARNs of the IAM roles
 * @param awsAccounts the accounts of the IAM roles
 * @param viaRoleArns patterns for the ARNs of the hub roles; if absent, a hub role must be within {@code iamRoleArns} and
 *     {@code awsAccounts}
 * @param mesosRoles the Mesos roles whose tasks the policies concern, with those below
 * @param frameworkPrincipals the framework principals whose tasks the policies concern
 * @param longestTtl the longest time to live of a lease; with it, an allow needs one
 * @param sessionPolicyFloor what every session is denied
 * @param trustedSelectorsOnly whether an allow needs a selector that isn't self-asserted
 * @param sensitiveOnly whether an allow must be sensitive
 */
public record Bounds(
        Optional<List<Glob>> iamRoleArns,
        Optional<Set<String>> awsAccounts,
        Optional<List<Glob>> viaRoleArns,
        Optional<List<MesosRole>> mesosRoles,
        Optional<Set<String>> frameworkPrincipals,
        Optional<Duration> longestTtl,
        Optional<SessionPolicyFloor> sessionPolicyFloor,
        boolean trustedSelectorsOnly,
        boolean sensitiveOnly) {
    /** Allows everything. */
    public static final Bounds NONE = ofTasks(Optional.empty(), Optional.empty());

    public Bounds {
        iamRoleArns = iamRoleArns.map(List::copyOf);
        awsAccounts = awsAccounts.map(Set::copyOf);
        viaRoleArns = viaRoleArns.map(List::copyOf);
        mesosRoles = mesosRoles.map(List::copyOf);
        frameworkPrincipals = frameworkPrincipals.map(Set::copyOf);
        longestTtl.filter(ttl -> !ttl.isPositive()).ifPresent(_ -> {
            throw new IllegalArgumentException("longest_ttl: it must be positive");
        });
    }

    /** Limits which tasks the policies concern, and allows everything for these. */
    public static Bounds ofTasks(Optional<List<MesosRole>> mesosRoles, Optional<Set<String>> frameworkPrincipals) {
        return new Bounds(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                mesosRoles,
                frameworkPrincipals,
                Optional.empty(),
                Optional.empty(),
                false,
                false);
    }
}
