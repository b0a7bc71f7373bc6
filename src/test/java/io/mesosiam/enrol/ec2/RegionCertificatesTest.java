package io.mesosiam.enrol.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.InstanceSigner;
import io.mesosiam.fakes.ManualClock;
import io.mesosiam.pem.PemFiles.Broken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionCertificatesTest {
    @TempDir
    Path directory;

    @Test
    void bundledCertificatesAreSignedWithTheirOwnKeyOf2048BitsAndDiffer() throws Exception {
        Map<String, X509Certificate> bundled = RegionCertificates.bundled();

        assertThat(bundled).hasSize(36).containsKeys("us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1");
        for (X509Certificate certificate : bundled.values()) {
            certificate.verify(certificate.getPublicKey());
            assertThat(certificate.getSubjectX500Principal()).isEqualTo(certificate.getIssuerX500Principal());
            assertThat(certificate.getSubjectX500Principal().getName()).contains("O=Amazon Web Services LLC");
            assertThat(certificate.getPublicKey()).isInstanceOfSatisfying(RSAPublicKey.class, key -> assertThat(
                            key.getModulus().bitLength())
                    .isGreaterThanOrEqualTo(2048));
            assertThat(certificate.getNotAfter()).isAfter(Instant.parse("2100-01-01T00:00:00Z"));
        }
        assertThat(bundled.values().stream().map(X509Certificate::getPublicKey)).doesNotHaveDuplicates();
    }

    @Test
    void bundledFileIsSortedByRegion() throws IOException {
        try (InputStream in = RegionCertificates.class.getResourceAsStream("region-certificates.pem")) {
            List<String> regions = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.matches("[a-z0-9-]+"))
                    .toList();
            assertThat(regions).isSorted().hasSize(36);
        }
    }

    @Test
    void fileReplacesTheBundledCertificatesAndIsReadAgain() throws IOException {
        InstanceSigner signer = new InstanceSigner();
        Path file = signer.file(directory.resolve("regions.pem"), "eu-central-1");
        ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
        RegionCertificates certificates = new RegionCertificates(Optional.of(file), clock);
        assertThat(certificates.of("eu-central-1")).isPresent();
        assertThat(certificates.of("us-east-1")).isEmpty();

        Files.writeString(file, signer.entry("eu-central-1") + signer.entry("xx-new-1"));
        clock.advance(Duration.ofSeconds(9));
        assertThat(certificates.of("xx-new-1")).isEmpty();
        clock.advance(Duration.ofSeconds(2));

        assertThat(certificates.of("xx-new-1")).isPresent();
        assertThat(certificates.trouble()).isEmpty();

        Files.writeString(file, "xx-new-1\n");
        clock.advance(Duration.ofSeconds(11));

        assertThat(certificates.trouble().orElseThrow())
                .startsWith("mesos-iam.enrol.ec2.certificates-file=" + file + ": is no list of regions");
        assertThat(certificates.of("xx-new-1")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            text before   | is no list of regions
            no region     | is no list of regions
            empty         | is no list of regions
            twice         | has the region eu-central-1 twice
            not self      | has no certificate of AWS for eu-central-1
            no base64     | has no certificate of AWS for eu-central-1
            """)
    void fileOfAnotherFormIsRefused(String kind, String problem) {
        InstanceSigner signer = new InstanceSigner();
        String entry = signer.entry("eu-central-1");
        String text =
                switch (kind) {
                    case "text before" -> "the certificates of AWS:\n" + entry;
                    case "no region" -> entry.substring(entry.indexOf('\n'));
                    case "twice" -> entry + entry;
                    // another signature, of the same length
                    case "not self" -> changedAtTheEnd(entry);
                    case "no base64" -> entry.replaceFirst("CERTIFICATE-----\n", "CERTIFICATE-----\nAAAA");
                    default -> "";
                };

        assertThatThrownBy(() -> RegionCertificates.parse(text))
                .isInstanceOfSatisfying(
                        Broken.class, broken -> assertThat(broken.problem()).startsWith(problem));
    }

    private static String changedAtTheEnd(String entry) {
        int end = entry.indexOf("\n-----END") - 8;
        char changed = entry.charAt(end) == 'A' ? 'B' : 'A';
        return Stream.of(entry.substring(0, end), String.valueOf(changed), entry.substring(end + 1))
                .reduce("", String::concat);
    }
}
