package io.mesosiam.exposure;

import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.Untried;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.IamRole;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Hosts, roles and answers for tests. */
final class Trials {
    static final HostRole WEB = new HostRole("123456789012", "web-host");
    static final HostRole GPU = new HostRole("123456789012", "gpu-host");

    private Trials() {}

    static MesosAgentId host(int number) {
        return new MesosAgentId("S" + number);
    }

    static IamRole role(int number) {
        return new IamRole("arn:aws:iam::123456789012:role/r%04d".formatted(number));
    }

    static NavigableSet<IamRole> roles(int count) {
        NavigableSet<IamRole> roles = new TreeSet<>(Comparator.comparing(IamRole::arn));
        IntStream.range(0, count).forEach(i -> roles.add(role(i)));
        return roles;
    }

    /** STS refused all of the batch but these. */
    static RolesTried refused(TrialBatch batch, IamRole... assumable) {
        return new RolesTried(
                batch.id(),
                Arrays.stream(assumable).map(IamRole::arn).toList(),
                batch.roles().size() - assumable.length,
                List.of());
    }

    /** Nothing of the batch could be tried. */
    static RolesTried untried(TrialBatch batch, String code) {
        return new RolesTried(
                batch.id(),
                List.of(),
                0,
                batch.roles().stream()
                        .map(role -> new Untried(role.arn(), code, "why " + code))
                        .toList());
    }
}
