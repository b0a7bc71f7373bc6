package io.mesosiam.channel.handshake;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.ControllerCheck;
import io.mesosiam.agent.doctor.Finding;
import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.channel.ChannelFixture;
import io.mesosiam.channel.ChannelLog;
import io.mesosiam.channel.Deliveries;
import io.mesosiam.channel.StreamClient;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Output of doctor and the controller's log for certificates that one side refuses, with real ones. */
class RefusedCertificatesTest {
    private final ChannelFixture fixture = new ChannelFixture();
    private final ChannelLog log = new ChannelLog();

    @AfterEach
    void close() {
        log.close();
        fixture.close();
    }

    private Finding doctor(String host, Path ca, Optional<TestCa.Identity> identity) {
        URI controller = URI.create("wss://" + host + ":" + fixture.channel.port());
        List<Finding> findings = new ControllerCheck(
                        List.of(controller),
                        Protocol.PATH,
                        () -> StreamClient.tls(ca, identity),
                        TimeLimit.of(ControllerCheck.USUAL_LIMIT))
                .findings();
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    private Finding doctor(TestCa.Identity identity) {
        return doctor("localhost", fixture.ca(), Optional.of(identity));
    }

    private void assertLogged(String reason) {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        while (log.lines().stream().noneMatch(line -> isRefusal(line, reason))) {
            assertThat(System.nanoTime() - end)
                    .as("a line with " + reason + " in " + log.lines())
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static boolean isRefusal(String line, String reason) {
        return line.contains("agent certificate refused address=127.0.0.1")
                && line.contains("reason=\"" + reason)
                && line.contains("cure=\"");
    }

    @Test
    void validCertificateIsAcceptedAndNothingIsLogged() {
        assertThat(doctor(fixture.host1()).level()).isEqualTo(Level.OK);
        assertThat(log.lines()).noneMatch(line -> line.contains("refused"));
    }

    @Test
    void doctorDoesNotAffectTheStreamOfTheRunningAgent() throws Exception {
        StreamClient running = fixture.open();
        fixture.events.next();

        assertThat(doctor(fixture.host1()).level()).isEqualTo(Level.OK);

        assertThat(fixture.channel.deliver(S1, Deliveries.refuse("still here"))).isTrue();
        assertThat(running.receive().toString()).contains("still here");
        assertThat(fixture.events.isEmpty()).isTrue();
    }

    @Test
    void certificateOfAnotherCaIsExplainedOnBothSides() {
        Finding finding = doctor(fixture.stranger());

        assertThat(finding.level()).isEqualTo(Level.FAILURE);
        assertThat(finding.text()).contains("the controller refused this agent's certificate");
        assertThat(finding.cure()).contains("MESOS_IAM_AGENT_CERTIFICATE", "mesos-iam.channel.ca-file");
        assertLogged("the agent's certificate is not of a CA in mesos-iam.channel.ca-file");
    }

    @Test
    void expiredCertificateIsExplainedOnBothSides() {
        Finding finding = doctor(fixture.expired());

        assertThat(finding.level()).isEqualTo(Level.FAILURE);
        assertThat(finding.text()).contains("the controller refused this agent's certificate");
        assertThat(finding.cure()).contains("expired");
        assertLogged("the agent's certificate has expired");
    }

    @Test
    void missingCertificateIsExplainedOnBothSides() {
        Finding finding = doctor("localhost", fixture.ca(), Optional.empty());

        assertThat(finding.level()).isEqualTo(Level.FAILURE);
        assertThat(finding.text()).contains("controller", "certificate");
        assertLogged("the peer sent no certificate");
    }

    @Test
    void controllerOfAnotherCaIsExplainedOnBothSides() {
        Finding finding = doctor("localhost", fixture.otherCa(), Optional.of(fixture.host1()));

        assertThat(finding.level()).isEqualTo(Level.FAILURE);
        assertThat(finding.text()).contains("the controller's certificate is not of a CA in MESOS_IAM_AGENT_CA");
        assertLogged("the agent refused this controller's certificate");
    }

    @Test
    void controllerOfAnotherNameIsExplained() {
        Finding finding = doctor("127.0.0.1", fixture.ca(), Optional.of(fixture.host1()));

        assertThat(finding.level()).isEqualTo(Level.FAILURE);
        assertThat(finding.text()).contains("the controller's certificate names another host");
        assertThat(finding.cure()).contains("MESOS_IAM_AGENT_CONTROLLERS");
    }

    @Test
    void closedPortIsNotReportedAsACertificateProblem() throws Exception {
        fixture.channel.close();

        Finding finding = doctor(fixture.host1());
        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.text()).contains("can't be reached");
    }

    @Test
    void certificateWithoutAlternativeNamesIsExplainedAtHello() throws Exception {
        StreamClient agent = fixture.connect(fixture.nameless());
        agent.send(hello(S1));

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("host-mismatch");
        assertThat(fault.message()).contains("no DNS name and no IP address");
    }

    @Test
    void refusalAfterTheRequestIsExplained() throws Exception {
        try (LateRefusal late = new LateRefusal(fixture.ca(), fixture.controller())) {
            Finding finding = new ControllerCheck(
                            List.of(URI.create("wss://localhost:" + late.port())),
                            Protocol.PATH,
                            () -> StreamClient.tls(fixture.ca(), Optional.of(fixture.stranger())),
                            TimeLimit.of(ControllerCheck.USUAL_LIMIT))
                    .findings()
                    .getFirst();

            assertThat(finding.text()).contains("the controller refused this agent's certificate");
            assertThat(finding.level()).isEqualTo(Level.FAILURE);
        }
    }

    @Test
    void repeatedRefusalsOfAHostLogOneLine() {
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            findings.add(doctor(fixture.stranger()));
        }

        assertThat(findings).extracting(Finding::level).containsOnly(Level.FAILURE);
        assertLogged("the agent's certificate");
        assertThat(log.lines().stream().filter(line -> line.contains("certificate refused")))
                .hasSize(1);
    }
}
