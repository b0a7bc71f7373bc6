package io.mesosiam.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a policy gives: everything that shapes the STS session, with unfilled templates, and how its lease is kept. Two
 * policies agree if their entitlements are equal.
 *
 * @param sessionName template of the role session's name; placeholders {@code {framework}}, {@code {task}}, {@code
 *     {container}}, {@code {name}}, {@code {mesos-role}}
 * @param sessionPolicy inline session policy, JSON
 * @param sessionPolicyArns managed session policies, at most 10
 * @param tags session tags; values may contain the same placeholders
 * @param transitiveTags keys of the tags that are passed on in role chaining
 * @param region region of the STS endpoint; empty for the controller's own
 * @param via the hub role that is assumed first; its session assumes {@code role}
 * @param defaultTags the origin that default tags state; empty if the session has no default tags
 * @param sessionLength duration of one session, 15 min to 12 h
 * @param leaseTtl maximum duration of the lease, even if its task runs longer; empty for as long as the task
 * @param sensitive whether only witnessed launches may have it
 * @param endsAt when a lease ends at the latest, whenever it began
 */
public record Entitlement(
        IamRole role,
        Optional<String> sessionName,
        Optional<String> sessionPolicy,
        List<String> sessionPolicyArns,
        Map<String, String> tags,
        List<String> transitiveTags,
        Optional<String> sourceIdentity,
        Optional<String> externalId,
        Optional<String> region,
        Optional<IamRole> via,
        Optional<DefaultTags> defaultTags,
        Duration sessionLength,
        Optional<Duration> leaseTtl,
        Sharing sharing,
        Prefetch prefetch,
        boolean sensitive,
        Optional<Instant> endsAt) {
    public Entitlement {
        sessionPolicyArns = List.copyOf(sessionPolicyArns);
        tags = Map.copyOf(tags);
        transitiveTags = List.copyOf(transitiveTags);
        if (sessionLength.compareTo(Duration.ofMinutes(15)) < 0 || sessionLength.compareTo(Duration.ofHours(12)) > 0) {
            throw new IllegalArgumentException("session length must be 15 min to 12 h, is " + sessionLength);
        }
    }

    /** When a lease ends that begins at this moment; empty if it ends with its task. */
    public Optional<Instant> end(Instant beginning) {
        return Stream.concat(leaseTtl.map(beginning::plus).stream(), endsAt.stream())
                .min(Comparator.naturalOrder());
    }

    /** Returns an entitlement to the role with one-hour sessions, one per task, issued as soon as the task is known. */
    public static Entitlement of(IamRole role) {
        return new Entitlement(
                role,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofHours(1),
                Optional.empty(),
                Sharing.TASK,
                Prefetch.ALWAYS,
                false,
                Optional.empty());
    }

    /** Returns the same with these changes, as in {@code gift.with(draft -> draft.sensitive = true)}. */
    public Entitlement with(Consumer<Draft> changes) {
        Draft draft = new Draft(this);
        changes.accept(draft);
        return draft.entitlement();
    }

    /** The components of an entitlement that is being made. */
    public static final class Draft {
        public IamRole role;
        public Optional<String> sessionName;
        public Optional<String> sessionPolicy;
        public List<String> sessionPolicyArns;
        public Map<String, String> tags;
        public List<String> transitiveTags;
        public Optional<String> sourceIdentity;
        public Optional<String> externalId;
        public Optional<String> region;
        public Optional<IamRole> via;
        public Optional<DefaultTags> defaultTags;
        public Duration sessionLength;
        public Optional<Duration> leaseTtl;
        public Sharing sharing;
        public Prefetch prefetch;
        public boolean sensitive;
        public Optional<Instant> endsAt;

        private Draft(Entitlement from) {
            role = from.role;
            sessionName = from.sessionName;
            sessionPolicy = from.sessionPolicy;
            sessionPolicyArns = from.sessionPolicyArns;
            tags = from.tags;
            transitiveTags = from.transitiveTags;
            sourceIdentity = from.sourceIdentity;
            externalId = from.externalId;
            region = from.region;
            via = from.via;
            defaultTags = from.defaultTags;
            sessionLength = from.sessionLength;
            leaseTtl = from.leaseTtl;
            sharing = from.sharing;
            prefetch = from.prefetch;
            sensitive = from.sensitive;
            endsAt = from.endsAt;
        }

        private Entitlement entitlement() {
            return new Entitlement(
                    role,
                    sessionName,
                    sessionPolicy,
                    sessionPolicyArns,
                    tags,
                    transitiveTags,
                    sourceIdentity,
                    externalId,
                    region,
                    via,
                    defaultTags,
                    sessionLength,
                    leaseTtl,
                    sharing,
                    prefetch,
                    sensitive,
                    endsAt);
        }
    }

    /** When the first session is requested from STS. */
    public enum Prefetch {
        /** As soon as the task is known, so that its first request is answered from memory. */
        ALWAYS,
        /** When the task's container first requests credentials. */
        ON_ASK
    }

    /** Which launches share an STS session. */
    public enum Sharing {
        /** Each launch has its own session and therefore its own identity in CloudTrail. */
        TASK,
        /** Launches with identical sessions share one. Its texts contain no placeholder that depends on the task. */
        ROLE
    }
}
