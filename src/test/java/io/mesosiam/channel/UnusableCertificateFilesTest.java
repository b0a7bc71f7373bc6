package io.mesosiam.channel;

import static io.mesosiam.channel.ChangingCertificates.AUTHORITIES;
import static io.mesosiam.channel.ChangingCertificates.CERTIFICATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that the agents' port can't use, while it is open: it keeps what it has. */
class UnusableCertificateFilesTest {
    @TempDir
    private Path directory;

    private ChangingCertificates port;

    @BeforeEach
    void open() {
        port = new ChangingCertificates(directory);
    }

    @AfterEach
    void close() {
        port.close();
    }

    @ParameterizedTest
    @CsvSource({
        "certificate.pem, mesos-iam.channel.certificate-file, garbage",
        "certificate.pem, mesos-iam.channel.certificate-file, ''",
        "key.pem, mesos-iam.channel.key-file, garbage",
        "key.pem, mesos-iam.channel.key-file, ''",
        "ca.pem, mesos-iam.channel.ca-file, garbage",
        "ca.pem, mesos-iam.channel.ca-file, ''"
    })
    void brokenFileChangesNothingAndIsReportedOnce(String name, String setting, String content) throws Exception {
        byte[] intact = Files.readAllBytes(port.file(name));
        Files.writeString(port.file(name), content);
        port.reload();
        port.reload();

        assertKeepsItsCertificates(setting, name);

        Files.write(port.file(name), intact);
        port.reload();

        assertThat(port.fixture.channel.certificateTrouble()).isEmpty();
        assertThat(port.unusable()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "certificate.pem, mesos-iam.channel.certificate-file",
        "key.pem, mesos-iam.channel.key-file",
        "ca.pem, mesos-iam.channel.ca-file"
    })
    void missingFileChangesNothingAndIsReportedOnce(String name, String setting) throws Exception {
        Files.delete(port.file(name));
        port.reload();
        port.reload();

        assertKeepsItsCertificates(setting, name);
    }

    @Test
    void expiredCertificateIsNotUsed() throws Exception {
        port.replacePair(port.fixture.expired());
        port.reload();
        port.reload();

        assertKeepsItsCertificates("mesos-iam.channel.certificate-file", CERTIFICATE);
    }

    @Test
    void fileThatTheRegistryCannotLoadChangesNothing() throws Exception {
        // DER that contains the beginning of PEM: the check accepts it, and the registry doesn't
        Path odd = ChannelFixture.certificates()
                .ca()
                .issueWithoutNames("-----BEGIN CERTIFICATE-----")
                .certificate();
        Files.write(port.file(AUTHORITIES), StreamClient.certificate(odd).getEncoded());
        port.reload();
        port.reload();

        assertKeepsItsCertificates("mesos-iam.channel.certificate-file", CERTIFICATE);
        assertThat(port.fixture.channel.certificateTrouble().orElseThrow()).contains("mesos-iam.channel.ca-file");
    }

    private void assertKeepsItsCertificates(String setting, String name) throws Exception {
        port.assertServes(port.fixture.controller());
        port.assertAdmitted(port.fixture.host1());
        assertThat(port.log.lines().stream().filter(line -> line.contains("keeps its certificates")))
                .singleElement()
                .asString()
                .startsWith("WARN agents port keeps its certificates setting=" + setting + " file=" + port.file(name)
                        + " reason=\"");
        assertThat(port.fixture.channel.certificateTrouble().orElseThrow())
                .contains(setting + "=" + port.file(name) + ": ");
        assertThat(port.unusable()).isOne();
    }
}
