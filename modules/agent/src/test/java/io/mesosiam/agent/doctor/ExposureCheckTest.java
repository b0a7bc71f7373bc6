package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.ContainerReach.Answer;
import io.mesosiam.agent.doctor.ContainerReach.Result;
import io.mesosiam.agent.doctor.ContainerReach.Tried;
import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.agent.hostrole.HostRole;
import io.mesosiam.channel.wire.AgentMessage;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the findings say of a host: to operators, and to the controllers. */
class ExposureCheckTest {
    private static final Tried AGENT = new Tried("a", "169.254.169.254", new Answer.Agent());
    private static final Tried NOTHING = new Tried("a", "fd00:ec2::254", new Answer.Nothing());
    private static final HostRole HOST = new HostRole.Present("host", Optional.of("123456789012"));

    private static ExposureCheck check(HostRole role, Result containers) {
        return new ExposureCheck(role, containers, Optional.empty());
    }

    @Test
    void hostWithoutARoleWhoseContainersReachTheAgentAloneHasNothingToReport() {
        ExposureCheck check = check(new HostRole.None(), new Result(List.of(AGENT, NOTHING), 0));

        assertThat(check.report()).isEqualTo(new AgentMessage.Exposure("", "", "", List.of()));
        assertThat(check.findings()).allMatch(finding -> finding.level() == Level.OK);
    }

    @Test
    void containerThatReachesAnotherProgramIsNamed() {
        Tried past = new Tried("b", "fd00:ec2::254", new Answer.OtherProgram());

        assertThat(check(HOST, new Result(List.of(AGENT, past), 0)).report())
                .isEqualTo(new AgentMessage.Exposure(
                        "host", "123456789012", "", List.of(new AgentMessage.Reached("b", "fd00:ec2::254"))));
    }

    @Test
    void reportNamesNoMoreContainersThanAMessageHolds() {
        List<Tried> past = Collections.nCopies(100, new Tried("b", "fd00:ec2::254", new Answer.OtherProgram()));

        assertThat(check(HOST, new Result(past, 0)).report().reached()).hasSize(AgentMessage.Exposure.MAX_REACHED);
    }

    @Test
    void everythingThatIsNotKnownIsNamed() {
        Tried closed = new Tried("c", "169.254.169.254", new Answer.NotTried("no right"));
        ExposureCheck check = new ExposureCheck(
                new HostRole.Unknown("status 500"),
                new Result(List.of(closed), 3),
                Optional.of("the containers can't be listed: no right"));

        assertThat(check.report().unknown())
                .isEqualTo("status 500; the containers can't be listed: no right;"
                        + " the network of container c can't be entered: no right; 3 more networks were not tried");
        assertThat(check.findings())
                .filteredOn(finding -> finding.level() == Level.WARNING)
                .hasSize(3);
    }

    static Stream<Arguments> roles() {
        return Stream.of(
                Arguments.of(HOST, Level.WARNING, "the host has the IAM role host of account 123456789012"),
                Arguments.of(
                        new HostRole.Present("host", Optional.empty()),
                        Level.WARNING,
                        "the host has the IAM role host"),
                Arguments.of(new HostRole.None(), Level.OK, "the host has no IAM role of its own"),
                Arguments.of(
                        new HostRole.Unknown("status 500"),
                        Level.WARNING,
                        "it is not known whether the host has an IAM role: status 500"));
    }

    @ParameterizedTest
    @MethodSource("roles")
    void doctorNamesTheHostsRole(HostRole role, Level level, String text) {
        List<Finding> findings = check(role, new Result(List.of(), 0)).findings();

        assertThat(findings)
                .first()
                .hasToString("ok       reach        no container has its own network: nothing to test");
        assertThat(findings.getLast().check()).isEqualTo("host-role");
        assertThat(findings.getLast().level()).isEqualTo(level);
        assertThat(findings.getLast().text()).isEqualTo(text);
    }
}
