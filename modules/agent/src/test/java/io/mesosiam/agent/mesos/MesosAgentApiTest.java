package io.mesosiam.agent.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.attest.HostSocket;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class MesosAgentApiTest extends MesosAgentFixture {
    @Test
    void processOfTheRightUserGetsTheCredential() throws IOException {
        FakeMesosAgent fake = fake(FakeMesosAgent.STANDALONE);

        assertThat(agent(fake).containers()).singleElement().satisfies(container -> {
            assertThat(container.id()).isEqualTo("standalone-1");
            assertThat(container.standalone()).isTrue();
            assertThat(container.pid()).hasValue(25921);
        });
        assertThat(fake.requests()).singleElement().satisfies(head -> assertThat(head)
                .startsWith("POST /api/v1 HTTP/1.0\n")
                .contains(BASIC));
    }

    @Test
    void credentialIsReadAgainForEachRequest() throws IOException {
        FakeMesosAgent fake = fake(FakeMesosAgent.STANDALONE);
        MesosAgentApi agent = agent(fake);
        agent.containers();

        Files.writeString(credential, "other\tsecret");
        agent.containers();

        assertThat(fake.requests().getLast())
                .contains(
                        "Basic " + Base64.getEncoder().encodeToString("other:secret".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void processOfAnotherUserGetsNoRequest() throws IOException {
        FakeMesosAgent fake = fake(FakeMesosAgent.STANDALONE);

        assertThatThrownBy(() ->
                        agent(fake.address(), ANOTHER_USER, Optional.empty()).containers())
                .isInstanceOf(IOException.class)
                .hasMessage("a process of user 0 answers on its port");
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void impostorOnThePortGetsNoRequest() throws Exception {
        FakeMesosAgent mesos = fake(FakeMesosAgent.STANDALONE);
        MesosAgentApi agent = agent(mesos);
        assertThat(agent.containers()).hasSize(1);

        mesos.close();
        MesosAgentProgram impostor = program(mesos.port(), "setpriv", "--reuid=65534", "--clear-groups");
        assertThatThrownBy(agent::containers).hasMessage("a process of user 65534 answers on its port");
        assertThat(impostor.requests()).isZero();

        impostor.close();
        open.push(new FakeMesosAgent(
                new ServerSocket(mesos.port(), 0, InetAddress.getLoopbackAddress()),
                head -> FakeMesosAgent.STANDALONE));
        assertThat(agent.containers()).hasSize(1);
    }

    @Test
    void impostorOfTheSameUserIsDetectedByTheUnit() throws Exception {
        LabService unit = unit();
        MesosAgentProgram mesos = program(0);
        unit.add(mesos);
        URI address = URI.create("http://127.0.0.1:" + mesos.port());
        assertThat(agent(address, ROOT, Optional.of(unit.service())).containers())
                .hasSize(1);
        mesos.close();

        MesosAgentProgram impostor = program(mesos.port());
        assertThatThrownBy(
                        () -> agent(address, ROOT, Optional.of(unit.service())).containers())
                .hasMessage("a process outside of " + unit.service().name() + " answers on its port");
        assertThat(impostor.requests()).isZero();
    }

    @Test
    void unitThatDoesNotRunIsRefused() throws IOException {
        FakeMesosAgent fake = fake(FakeMesosAgent.STANDALONE);
        var unit = new SystemdUnit("mesos-iam-no-such.service");

        assertThatThrownBy(() -> agent(fake.address(), ROOT, Optional.of(unit)).containers())
                .hasMessage("mesos-iam-no-such.service doesn't run");
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void withoutTlsOtherHostsGetNoRequest() {
        URI elsewhere = URI.create("http://[::ffff:192.0.2.1]:5051");

        assertThatThrownBy(() -> new MesosAgentApi(
                                new MesosAgentSettings(
                                        elsewhere, Optional.empty(), Optional.of(credential), ROOT, Optional.empty()),
                                Duration.ofMillis(300))
                        .containers())
                .isInstanceOf(IOException.class);
    }

    @Test
    void portWithoutAListenerIsAFailure() throws IOException {
        FakeMesosAgent fake = fake(FakeMesosAgent.STANDALONE);
        fake.close();

        assertThatThrownBy(() -> agent(fake).containers())
                .isInstanceOf(IOException.class)
                .message()
                .matches("127\\.0\\.0\\.1:[0-9]+: connection refused");
    }

    @Test
    void unacceptedConnectionTimesOut() throws IOException {
        ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        open.push(deaf);
        var settings = new MesosAgentSettings(
                URI.create("http://127.0.0.1:" + deaf.getLocalPort()),
                Optional.empty(),
                Optional.of(credential),
                ROOT,
                Optional.empty());

        assertThatThrownBy(() -> new MesosAgentApi(settings, Duration.ofMillis(200)).containers())
                .hasMessage("no answer in 200 ms");
    }

    @Test
    void answerIsNotUsedIfItsPeerHasChanged() throws IOException {
        var unit = new SystemdUnit("mesos-agent.service", List.of(directory));
        Path processes = Files.createDirectories(
                        directory.resolve("system.slice").resolve(unit.name()))
                .resolve("cgroup.procs");
        Files.writeString(processes, ProcessHandle.current().pid() + "\n");
        FakeMesosAgent fake = FakeMesosAgent.start(head -> {
            try {
                Files.writeString(processes, "1\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return FakeMesosAgent.STANDALONE;
        });
        open.push(fake);

        assertThatThrownBy(() -> agent(fake.address(), ROOT, Optional.of(unit)).containers())
                .hasMessage("a process outside of mesos-agent.service answers on its port");
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void answerIsNotUsedIfItsPeerClosedTheConnection() throws IOException {
        var proof = new PeerVerification(ROOT, Optional.empty());
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        open.push(server);
        var connection = new Socket(server.getInetAddress(), server.getLocalPort());
        open.push(connection);
        Socket accepted = server.accept();
        HostSocket before = proof.check(connection);
        proof.checkAgain(connection, before);

        accepted.close();

        assertThatThrownBy(() -> proof.checkAgain(connection, before))
                .hasMessage("it closed the connection before it was verified again");
    }

    @Test
    void withTlsTheCertificateIdentifiesTheAgent() throws Exception {
        TestCa ca = TestCa.in(Files.createDirectory(directory.resolve("ca")));
        FakeMesosAgent fake = tls(ca.issue("ip:127.0.0.1"));
        var settings = new MesosAgentSettings(
                URI.create("https://127.0.0.1:" + fake.port()),
                Optional.of(ca.certificateFile()),
                Optional.of(credential),
                ANOTHER_USER,
                Optional.empty());

        assertThat(new MesosAgentApi(settings, TimeLimit.seconds(10)).containers())
                .hasSize(1);
        assertThat(fake.requests().getFirst()).contains(BASIC);
    }

    @Test
    void withTlsAnotherNameOrCaGetsNoRequest() throws Exception {
        TestCa ca = TestCa.in(Files.createDirectory(directory.resolve("ca")));
        TestCa stranger = TestCa.in(Files.createDirectory(directory.resolve("stranger")));
        for (FakeMesosAgent fake : List.of(tls(ca.issue("ip:127.0.0.2")), tls(stranger.issue("ip:127.0.0.1")))) {
            var settings = new MesosAgentSettings(
                    URI.create("https://127.0.0.1:" + fake.port()),
                    Optional.of(ca.certificateFile()),
                    Optional.of(credential),
                    ROOT,
                    Optional.empty());

            assertThatThrownBy(() -> new MesosAgentApi(settings, TimeLimit.seconds(10)).containers())
                    .isInstanceOf(IOException.class);
            assertThat(fake.requests()).isEmpty();
        }
    }

    private FakeMesosAgent tls(TestCa.Identity identity) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.keyManagers(), null, null);
        FakeMesosAgent fake = new FakeMesosAgent(
                context.getServerSocketFactory().createServerSocket(0, 0, InetAddress.getLoopbackAddress()),
                head -> FakeMesosAgent.STANDALONE);
        open.push(fake);
        return fake;
    }

    private MesosAgentProgram program(int port, String... prefix) throws IOException {
        MesosAgentProgram program = MesosAgentProgram.start(port, prefix);
        open.push(program);
        return program;
    }

    private LabService unit() throws IOException {
        LabService unit = LabService.make();
        // its processes have to end first, and resources are closed in reverse order
        open.push(unit);
        return unit;
    }
}
