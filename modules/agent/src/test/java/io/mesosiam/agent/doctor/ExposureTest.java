package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.ContainerReach.Answer;
import io.mesosiam.agent.doctor.ContainerReach.Result;
import io.mesosiam.agent.doctor.ContainerReach.Tried;
import io.mesosiam.agent.doctor.Exposure.Reached;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the findings say of a host. */
class ExposureTest {
    private static final Tried AGENT = new Tried("a", "169.254.169.254", new Answer.Agent());
    private static final Tried NOTHING = new Tried("a", "fd00:ec2::254", new Answer.Nothing());

    @Test
    void hostWithoutARoleWhoseContainersReachTheAgentAloneHasNothingToReport() {
        assertThat(Exposure.of(new HostRole.None(), new Result(List.of(AGENT, NOTHING), 0)))
                .isEqualTo(new Exposure(Optional.empty(), List.of(), List.of()));
    }

    @Test
    void containerThatReachesAnotherProgramIsNamed() {
        Tried past = new Tried("b", "fd00:ec2::254", new Answer.OtherProgram());

        assertThat(Exposure.of(new HostRole.Present("host"), new Result(List.of(AGENT, past), 0)))
                .isEqualTo(new Exposure(Optional.of("host"), List.of(), List.of(new Reached("b", "fd00:ec2::254"))));
    }

    @Test
    void everythingThatIsNotKnownIsNamed() {
        Tried closed = new Tried("c", "169.254.169.254", new Answer.NotTried("no right"));

        assertThat(Exposure.of(new HostRole.Unknown("status 500"), new Result(List.of(closed), 3))
                        .unknown())
                .containsExactly(
                        "status 500",
                        "the network of container c can't be entered: no right",
                        "3 more networks were not tried");
    }
}
