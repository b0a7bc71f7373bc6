package io.mesosiam.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.Finding;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class EnrolmentCheckTest extends EnrolmentFixture {
    private Finding finding() {
        var findings = new EnrolmentCheck(settings()).findings();
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    @Test
    void hostWithATokenWaitsForItsCertificate() {
        assertThat(finding().level()).isEqualTo(Finding.Level.WARNING);
        assertThat(finding().text()).contains("not enrolled yet, and has a join token");
    }

    @Test
    void hostWithoutATokenCantEnrol() throws Exception {
        Files.delete(tokenFile());

        assertThat(finding().level()).isEqualTo(Finding.Level.FAILURE);
        assertThat(finding().cure()).contains("MESOS_IAM_AGENT_JOIN_TOKEN_FILE");
    }

    @Test
    void malformedTokenIsNotShown() throws Exception {
        Files.writeString(tokenFile(), "mij_secret");

        assertThat(finding().level()).isEqualTo(Finding.Level.FAILURE);
        assertThat(finding().toString()).contains("must be a join token").doesNotContain("mij_secret");
    }

    @Test
    void tokenThatOthersCanReadIsAWarningAlsoOnAnEnrolledHost() throws Exception {
        Files.setPosixFilePermissions(tokenFile(), PosixFilePermissions.fromString("rw-r--r--"));
        started(port.uri()).turn();

        assertThat(new EnrolmentCheck(settings()).findings())
                .extracting(Finding::level)
                .containsExactly(Finding.Level.WARNING, Finding.Level.OK);
        assertThat(new EnrolmentCheck(settings()).findings().getFirst().text())
                .endsWith("token can be used by other users (mode 644)");
    }

    @Test
    void enrolledHostIsWell() throws Exception {
        started(port.uri()).turn();

        assertThat(finding().level()).isEqualTo(Finding.Level.OK);
    }

    @Test
    void keyThatOthersCanReadIsAFailure() throws Exception {
        started(port.uri()).turn();
        Files.setPosixFilePermissions(
                settings().current().resolve("key.pem"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(finding().level()).isEqualTo(Finding.Level.FAILURE);
        assertThat(finding().text()).contains("key.pem can be used by other users (mode 644)");
        assertThat(finding().cure()).contains("MESOS_IAM_AGENT_STATE");
    }
}
