package io.mesosiam.agent;

import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The certificate that the site's own PKI has issued, as the next stream reads it. There is no sample while the file can't
 * be read.
 *
 * @param file PEM, the agent's own certificate first
 */
record ProvidedCertificate(Path file, InstantSource clock) implements MetricSource {
    @Override
    public void expose(Exposition out) {
        var expiry = out.gauge(
                "mesosiam_agent_certificate_expiry_seconds",
                "Time until the certificate of the file expires; negative after it; no sample while it can't be read.");
        try (var pem = Files.newInputStream(file)) {
            if (CertificateFactory.getInstance("X.509").generateCertificate(pem) instanceof X509Certificate own) {
                expiry.sample(
                        Duration.between(clock.instant(), own.getNotAfter().toInstant())
                                .toSeconds());
            }
        } catch (IOException | CertificateException e) {
            // the streams that need it log why
        }
    }
}
