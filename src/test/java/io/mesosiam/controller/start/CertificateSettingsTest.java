package io.mesosiam.controller.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.pem.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with certificates and keys. */
class CertificateSettingsTest extends SettingsFixture {
    @Test
    void keyOfAnotherCertificateIsRefused() {
        Path other = settings.ca.issue("dns:other").key();

        assertThat(settings.lines(Map.of("mesos-iam.channel.key-file", other.toString()), Map.of()))
                .containsExactly(
                        "mesos-iam.channel.key-file=" + other
                                + ": is not the key of the certificate. Name the certificate's own key. If 'mesos-iam ca controller' made both, run it again.");
    }

    @ParameterizedTest
    @CsvSource({
        "mesos-iam.channel.certificate-file, absent", "mesos-iam.channel.certificate-file, directory",
        "mesos-iam.channel.certificate-file, text", "mesos-iam.channel.key-file, absent",
        "mesos-iam.channel.key-file, directory", "mesos-iam.channel.key-file, text",
        "mesos-iam.channel.ca-file, absent", "mesos-iam.channel.ca-file, directory",
        "mesos-iam.channel.ca-file, text", "mesos-iam.mesos.ca-file, absent",
        "mesos-iam.mesos.ca-file, directory", "mesos-iam.mesos.ca-file, text"
    })
    void lineNamesTheUnusableFileOnce(String setting, String content, @TempDir Path own) throws IOException {
        Path file = own.resolve("unusable.pem");
        switch (content) {
            case "directory" -> Files.createDirectory(file);
            case "text" -> Files.writeString(file, "no PEM");
            default -> assertThat(file).doesNotExist();
        }

        assertThat(settings.lines(Map.of(setting, file.toString()), Map.of()))
                .filteredOn(line -> line.startsWith(setting + "="))
                .singleElement()
                .asString()
                .containsOnlyOnce(file.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mesos-iam.channel.certificate-file", "mesos-iam.channel.ca-file", "mesos-iam.mesos.ca-file"})
    void certificateThatIsNotPemIsRefusedWithTheCommandThatConvertsIt(String setting) throws Exception {
        Path file = Files.write(
                directory.resolve("certificate.der"),
                PemFiles.certificates(settings.identity.certificate())
                        .getFirst()
                        .getEncoded());

        assertThat(settings.lines(Map.of(setting, file.toString()), Map.of()))
                .singleElement()
                .asString()
                .startsWith(setting + "=" + file + ": is not in PEM form")
                .contains("openssl x509 -inform der");
    }

    @Test
    void fileThatIsNoFileIsRefused() {
        assertThat(settings.lines(Map.of("mesos-iam.channel.key-file", "/dev/zero"), Map.of()))
                .containsExactly("mesos-iam.channel.key-file=/dev/zero: is no regular file. Name a file.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mesos-iam.channel.ca-file", "mesos-iam.mesos.ca-file"})
    void authoritiesThatHaveAllExpiredAreRefused(String setting) {
        Path expired = settings.ca.issueExpired("dns:old").certificate();

        assertThat(settings.lines(Map.of(setting, expired.toString()), Map.of()))
                .singleElement()
                .asString()
                .startsWith(setting + "=" + expired + ": has only certificates that have expired");
    }

    @Test
    void keyInAnotherFormIsRefusedWithTheCommandThatConvertsIt() throws IOException {
        Path file = Files.writeString(
                directory.resolve("pkcs1.key"),
                "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");

        assertThat(settings.lines(Map.of("mesos-iam.channel.key-file", file.toString()), Map.of()))
                .singleElement()
                .asString()
                .contains("\"RSA PRIVATE KEY\"", "openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void expiredAndNotYetValidCertificatesAreRefused() {
        assertThat(settings.lines(Map.of(), Map.of(), Instant.now().plus(Duration.ofDays(400))))
                .filteredOn(line -> !line.startsWith("mesos-iam.channel.ca-file="))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.channel.certificate-file=" + settings.identity.certificate() + ": expired at ");
        assertThat(settings.lines(Map.of(), Map.of(), Instant.now().minus(Duration.ofDays(400))))
                .singleElement()
                .asString()
                .contains("is valid from");
    }

    @Test
    void warnsOfCertificateWithoutNamesAndOfCaFileWithoutAuthority() {
        TestCa.Identity nameless = settings.ca.issueWithoutNames("controller");
        String leaf = settings.identity.certificate().toString();

        assertThat(settings.warnings(Map.of())).noneMatch(line -> line.contains("-file="));
        for (TestCa.Identity unnamed : List.of(nameless, settings.ca.issue("email:ops@example.com"))) {
            assertThat(settings.warnings(Map.of(
                            "mesos-iam.channel.certificate-file",
                            unnamed.certificate().toString())))
                    .anyMatch(line -> line.startsWith("mesos-iam.channel.certificate-file=" + unnamed.certificate()
                            + ": has no DNS name and no IP address"));
        }
        for (String setting : List.of("mesos-iam.channel.ca-file", "mesos-iam.mesos.ca-file")) {
            assertThat(settings.warnings(Map.of(setting, leaf)))
                    .anyMatch(line -> line.startsWith(setting + "=" + leaf + ": has no certificate of an authority"));
        }
    }

    @Test
    void certificateForMastersNeedsItsKey() {
        String certificate = settings.identity.certificate().toString();
        TestCa.Identity other = settings.ca.issue("dns:other");

        assertThat(settings.lines(Map.of("mesos-iam.mesos.certificate-file", certificate), Map.of()))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.mesos.key-file: is not set");
        assertThat(settings.lines(
                        Map.of(
                                "mesos-iam.mesos.key-file",
                                settings.identity.key().toString()),
                        Map.of()))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.mesos.certificate-file: is not set");
        assertThat(settings.lines(
                        Map.of(
                                "mesos-iam.mesos.certificate-file",
                                certificate,
                                "mesos-iam.mesos.key-file",
                                other.key().toString()),
                        Map.of()))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.mesos.key-file=" + other.key() + ": is not the key of the certificate");
    }

    @Test
    void warnsOfMastersThatAreReadOverANetworkWithoutTls() {
        assertThat(settings.warnings(
                        Map.of("mesos-iam.mesos.masters", "http://127.0.0.1:5050,https://m2.example:5050")))
                .noneMatch(line -> line.contains("plain HTTP"));
        assertThat(settings.warnings(
                        Map.of("mesos-iam.mesos.masters", "https://m1.example:5050,http://m2.example:5050")))
                .filteredOn(line -> line.contains("plain HTTP"))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.mesos.masters=http://m2.example:5050: is read over plain HTTP");
    }
}
