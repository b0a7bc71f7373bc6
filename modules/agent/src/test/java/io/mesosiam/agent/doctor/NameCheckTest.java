package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.fakes.TestCa;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameCheckTest {
    @TempDir
    private static Path directory;

    @ParameterizedTest
    @CsvSource({
        "host-1.example,           host-1.example,  OK",
        "host-1.example,           HOST-1.example., OK",
        "192.0.2.7,                host-1.example,  OK",
        "host-2.example,           host-1.example,  WARNING",
        "192.0.2.8,                host-1.example,  WARNING",
        "example,                  host-1.example,  WARNING",
    })
    void nameAndAddressesOfTheHostAreCompared(String name, String hostname, Level level) {
        assertThat(NameCheck.finding(Set.of(name), hostname, Set.of("192.0.2.7"))
                        .level())
                .isEqualTo(level);
    }

    @Test
    void wrongNameIsReportedWithBothNamesAndTheSetting() {
        TestCa ca = TestCa.in(directory);
        NameCheck check = new NameCheck(ca.issue("dns:host-2.example").certificate(), () -> "host-1.example");

        Finding finding = only(check.findings());
        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.text()).contains("host-2.example", "host-1.example");
        assertThat(finding.cure()).contains("MESOS_IAM_AGENT_HOSTNAME");

        Finding nameless = only(
                new NameCheck(ca.issueWithoutNames("host-1.example").certificate(), () -> "host-1.example").findings());
        assertThat(nameless.level()).isEqualTo(Level.FAILURE);
        assertThat(nameless.cure()).contains("common name");
    }

    @Test
    void spiffeIdIsLeftToTheControllers() {
        TestCa ca = TestCa.in(directory);
        NameCheck check = new NameCheck(
                ca.issue("uri:spiffe://example.org/mesos/host-2.example").certificate(), () -> "host-1.example");

        Finding finding = only(check.findings());
        assertThat(finding.level()).isEqualTo(Level.OK);
        assertThat(finding.text()).contains("spiffe://example.org/mesos/host-2.example");
    }

    @Test
    void unreadableCertificateIsAFailure() {
        NameCheck check = new NameCheck(directory.resolve("absent.pem"), () -> "host-1.example");

        assertThat(only(check.findings()).level()).isEqualTo(Level.FAILURE);
    }

    private static Finding only(List<Finding> findings) {
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }
}
