package io.mesosiam.lease.grant;

import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The grants as they were read, without those that have ended although their rows don't say so yet, such as while the
 * database is away.
 *
 * @param ending the grants whose launch has ended
 */
public record GrantsInForce(GrantSet read, Set<UUID> ending, InstantSource clock) implements Grants {
    @Override
    public Optional<Policy> find(PolicyId id) {
        return read.find(id);
    }

    @Override
    public List<Candidate> of(Subject subject) {
        List<Candidate> candidates = read.of(subject);
        if (candidates.isEmpty()) {
            return candidates;
        }
        Instant now = clock.instant();
        return candidates.stream()
                .map(candidate -> over(candidate, now)
                        .map(how -> new Candidate(candidate.policy(), new Use.None(how, "it " + how, false)))
                        .orElse(candidate))
                .toList();
    }

    /** How a grant has ended that gives something by its row; empty if it has not. */
    private Optional<String> over(Candidate candidate, Instant now) {
        return candidate.use() instanceof Use.None ? Optional.empty() : over(candidate.policy(), now);
    }

    /** Every grant that has not ended is among those that were read. */
    @Override
    public Optional<String> over(PolicyId id) {
        return id.grantRow().flatMap(row -> read.find(row)
                .map(grant -> switch (grant.state()) {
                    case State.Ended ended -> Optional.of(ended.how());
                    case State.Suspended _ -> Optional.of("is suspended");
                    case State.Unbound _, State.Bound _ -> over(grant.policy(), clock.instant());
                })
                .orElse(Optional.of("is not in the table")));
    }

    private Optional<String> over(Policy grant, Instant now) {
        if (ending.contains(grant.id().value())) {
            return Optional.of("ended with its task");
        }
        return Optional.of(grant.rule())
                .flatMap(rule -> rule instanceof Rule.Allow allow ? Optional.of(allow.entitlement()) : Optional.empty())
                .flatMap(Entitlement::endsAt)
                .filter(end -> !now.isBefore(end))
                .map(_ -> "has expired");
    }
}
