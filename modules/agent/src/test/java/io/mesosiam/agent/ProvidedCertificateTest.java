package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.fakes.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The expiry of a certificate that the agent has not asked for itself. */
class ProvidedCertificateTest {
    private static final String NAME = "mesosiam_agent_certificate_expiry_seconds";

    @TempDir
    private Path directory;

    private static String metrics(Path file, Instant now) {
        Exposition out = new Exposition();
        new ProvidedCertificate(file, InstantSource.fixed(now)).expose(out);
        return out.toString();
    }

    @Test
    void expiryIsThatOfTheFileAtEachScrape() throws Exception {
        Path file = TestCa.in(directory).issue("dns:host-1").certificate();
        Instant until;
        try (var pem = Files.newInputStream(file)) {
            until = ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem))
                    .getNotAfter()
                    .toInstant();
        }

        assertThat(metrics(file, until.minusSeconds(7))).endsWith("\n" + NAME + " 7\n");
        assertThat(metrics(file, until.plusSeconds(7))).endsWith("\n" + NAME + " -7\n");
    }

    @Test
    void fileThatIsNoCertificateHasNoSample() throws Exception {
        Path file = Files.writeString(directory.resolve("text.pem"), "no certificate");

        assertThat(metrics(file, Instant.EPOCH)).doesNotContain("\n" + NAME);
        assertThat(metrics(directory.resolve("absent.pem"), Instant.EPOCH)).doesNotContain("\n" + NAME);
    }
}
