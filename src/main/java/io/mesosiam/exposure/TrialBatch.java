package io.mesosiam.exposure;

import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.Untried;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.IamRole;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Roles that one host tries next, as its own role. */
record TrialBatch(long id, MesosAgentId host, HostRole as, List<IamRole> roles) {
    TrialBatch {
        roles = List.copyOf(roles);
    }

    TryRoles message() {
        return new TryRoles(
                id, as.name(), as.account(), roles.stream().map(IamRole::arn).toList());
    }

    /** Why this can't be the answer, for operators; empty if it has each role once. */
    Optional<String> fault(RolesTried answer) {
        Set<String> asked = roles.stream().map(IamRole::arn).collect(Collectors.toSet());
        Set<String> seen = new HashSet<>();
        List<String> named = Stream.concat(
                        answer.assumable().stream(), answer.untried().stream().map(Untried::iamRoleArn))
                .toList();
        if (!asked.containsAll(named)) {
            return Optional.of("it names a role that was not to be tried");
        }
        if (!named.stream().allMatch(seen::add)) {
            return Optional.of("it names a role twice");
        }
        return named.size() + (long) answer.refused() == roles.size()
                ? Optional.empty()
                : Optional.of("it has another number of roles");
    }
}
