package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.pem.PemFiles;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateExpiryTest {
    @TempDir
    private Path directory;

    private X509Certificate day;
    private X509Certificate hour;

    @BeforeEach
    void issue() throws Exception {
        TestCa ca = TestCa.in(directory);
        day = PemFiles.certificates(
                        ca.issueExpiring(Duration.ofDays(1), "dns:day").certificate())
                .getFirst();
        hour = PemFiles.certificates(
                        ca.issueExpiring(Duration.ofHours(1), "dns:hour").certificate())
                .getFirst();
    }

    @Test
    void firstValidAuthorityToExpireCounts() {
        Instant now = Instant.now();
        List<X509Certificate> both = List.of(day, hour);

        assertThat(CertificateExpiry.firstOfAuthorities(both, now)).contains(hour);
        assertThat(CertificateExpiry.firstOfAuthorities(both, now.plus(Duration.ofHours(2))))
                .contains(day);
        assertThat(CertificateExpiry.firstOfAuthorities(both, now.plus(Duration.ofDays(2))))
                .contains(day);
        assertThat(CertificateExpiry.firstOfAuthorities(List.of(), now)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.79, false", "0.81, true", "1.1, true"})
    void lastFifthOfTheLifetimeIsSoon(double part, boolean soon) {
        Instant begin = day.getNotBefore().toInstant();
        Duration life = Duration.between(begin, day.getNotAfter().toInstant());

        assertThat(CertificateExpiry.isSoon(day, begin.plusSeconds((long) (life.toSeconds() * part))))
                .isEqualTo(soon);
    }
}
