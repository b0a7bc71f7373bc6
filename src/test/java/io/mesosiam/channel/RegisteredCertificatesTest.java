package io.mesosiam.channel;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import io.mesosiam.controller.ClusterForController;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole controller whose certificate files change: Quarkus's TLS registry loads them. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class RegisteredCertificatesTest {
    @Inject
    AgentChannel channel;

    @ConfigProperty(name = "mesos-iam.channel.certificate-file")
    Path certificate;

    @ConfigProperty(name = "mesos-iam.channel.key-file")
    Path key;

    @ConfigProperty(name = "mesos-iam.channel.ca-file")
    Path authorities;

    @ConfigProperty(name = "test.management")
    URI management;

    @TempDir
    Path directory;

    private byte[] certificateBefore;
    private byte[] keyBefore;
    private byte[] authoritiesBefore;

    @BeforeEach
    void keep() throws IOException {
        certificateBefore = Files.readAllBytes(certificate);
        keyBefore = Files.readAllBytes(key);
        authoritiesBefore = Files.readAllBytes(authorities);
    }

    @AfterEach
    void restore() throws IOException {
        Files.write(certificate, certificateBefore);
        Files.write(key, keyBefore);
        Files.write(authorities, authoritiesBefore);
        channel.certificates().reload();
    }

    @Test
    void changedFilesAreUsedOnceTheyBelongTogether() throws Exception {
        TestCa other = TestCa.in(directory);
        TestCa.Identity controller = other.issue("dns:localhost");
        TestCa.Identity agent = other.issue("dns:host1.mesos.test");

        Files.write(certificate, Files.readAllBytes(controller.certificate()));
        channel.certificates().reload();

        assertThat(served(authorities, Optional.empty())).isNotEqualTo(certificate(controller));
        assertReadiness(containsString("mesos-iam.channel.key-file=" + key + ": is not the key of the certificate"));

        Files.write(key, Files.readAllBytes(controller.key()));
        Files.write(authorities, Files.readAllBytes(other.certificateFile()));
        Awaitility.await("the files are read again")
                .atMost(TimeLimit.seconds(30))
                .until(() -> channel.certificateTrouble().isEmpty());

        assertThat(served(other.certificateFile(), Optional.of(agent))).isEqualTo(certificate(controller));
        assertReadiness(not(containsString("is not the key of the certificate")));
    }

    private void assertReadiness(Matcher<String> body) {
        given().get(management.resolve("/health/ready"))
                .then()
                .body(containsString("\"certificates\""))
                .body(body);
    }

    private Certificate served(Path ca, Optional<TestCa.Identity> agent) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) TestTls.context(ca, agent).getSocketFactory().createSocket("localhost", channel.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static Certificate certificate(TestCa.Identity identity) throws Exception {
        return StreamClient.certificate(identity.certificate());
    }
}
