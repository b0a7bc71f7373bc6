package io.mesosiam.agent.doctor;

import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Checks whether the certificate is valid and for how much longer, and whether the key belongs to it.
 *
 * @param certificate PEM, the agent's own first
 * @param tls creates the agent's TLS context, which fails if key and certificate don't belong together
 */
public record CertificateCheck(Path certificate, Callable<?> tls, InstantSource clock) implements Check {
    private static final String CURE =
            "enrol this host again, or put a renewed certificate in its place: no restart is needed";

    @Override
    public List<Finding> findings() {
        try {
            tls.call();
        } catch (Exception e) {
            return List.of(Finding.failure(
                    "certificate",
                    String.valueOf(e.getMessage()),
                    "check the files that MESOS_IAM_AGENT_CERTIFICATE, MESOS_IAM_AGENT_KEY and MESOS_IAM_AGENT_CA name, or "
                            + CURE));
        }
        try (var pem = Files.newInputStream(certificate)) {
            var own = CertificateFactory.getInstance("X.509").generateCertificate(pem);
            return List.of(
                    own instanceof X509Certificate x509
                            ? finding(
                                    x509.getNotBefore().toInstant(),
                                    x509.getNotAfter().toInstant(),
                                    clock.instant())
                            : Finding.failure("certificate", "is no X.509 certificate", CURE));
        } catch (IOException e) {
            return List.of(
                    Finding.failure("certificate", certificate + ": " + FileProblem.reason(certificate, e), CURE));
        } catch (CertificateException e) {
            return List.of(Finding.failure("certificate", certificate + ": " + e.getMessage(), CURE));
        }
    }

    /** The certificate should be renewed before the last tenth of its life. */
    static Finding finding(Instant from, Instant until, Instant now) {
        if (now.isBefore(from)) {
            return Finding.failure("certificate", "is valid only from " + from, "correct this host's clock");
        }
        if (!now.isBefore(until)) {
            return Finding.failure("certificate", "expired at " + until, CURE);
        }
        var left = Duration.between(now, until);
        return left.multipliedBy(10).compareTo(Duration.between(from, until)) < 0
                ? Finding.warning("certificate", "expires soon, at " + until, CURE)
                : Finding.ok("certificate", "key and certificate belong together, valid until " + until);
    }
}
