package io.mesosiam.api.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.HostExposure;
import io.mesosiam.exposure.TrialResult;
import io.mesosiam.policy.IamRole;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The exposure of a host as the API shows it. */
class AgentViewTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final HostExposure HOST =
            new HostExposure(Optional.of("mesos-host"), Optional.of("123456789012"), Optional.empty(), List.of(), NOW);

    private static TrialResult assumable(int count) {
        return new TrialResult(
                IntStream.range(0, count)
                        .mapToObj(i -> new IamRole("arn:aws:iam::123456789012:role/r" + i))
                        .toList(),
                3,
                1,
                Optional.of("STS was busy"),
                NOW);
    }

    @Test
    void hostWhoseRoleWasNotTriedHasNoResult() {
        AgentView.Exposure shown = AgentView.Exposure.of(HOST, Optional.empty());

        assertThat(shown.state()).isEqualTo("unknown");
        assertThat(shown.hostAccount()).isEqualTo("123456789012");
        assertThat(shown.assumable()).isNull();
        assertThat(shown.roleTrials()).isNull();
    }

    @Test
    void refusedRolesAloneDoNotMakeAHostNaked() {
        AgentView.Exposure shown = AgentView.Exposure.of(HOST, Optional.of(assumable(0)));

        assertThat(shown.state()).isEqualTo("unknown");
        assertThat(shown.assumable()).isEmpty();
        assertThat(shown.roleTrials()).isEqualTo(new AgentView.RoleTrials(0, 3, 1, "STS was busy", NOW));
    }

    @Test
    void assumableRolesAreBoundedAndCountedInFull() {
        AgentView.Exposure shown = AgentView.Exposure.of(HOST, Optional.of(assumable(150)));

        assertThat(shown.state()).isEqualTo("not-naked");
        assertThat(shown.assumable()).hasSize(100);
        assertThat(shown.roleTrials().assumable()).isEqualTo(150);
    }
}
