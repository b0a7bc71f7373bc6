package io.mesosiam.exposure;

import io.mesosiam.policy.IamRole;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one role of hosts.
 *
 * @param assumable the roles that it can assume, by ARN
 * @param refused number of roles that STS refused to it
 * @param untried number of roles of which it is not known
 * @param reason why one of those is not known
 * @param at time of the last answer of a host
 */
public record TrialResult(List<IamRole> assumable, int refused, int untried, Optional<String> reason, Instant at) {
    public TrialResult {
        assumable = List.copyOf(assumable);
    }
}
