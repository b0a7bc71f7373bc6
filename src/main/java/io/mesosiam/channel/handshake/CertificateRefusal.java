package io.mesosiam.channel.handshake;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Reasons related to certificates for which a handshake failed. */
enum CertificateRefusal {
    EXPIRED("the agent's certificate has expired", "enrol the host again, or renew its certificate"),
    NOT_YET_VALID("the agent's certificate is not valid yet", "check the clocks of the host and of this controller"),
    UNKNOWN_CA(
            "the agent's certificate is not of a CA in mesos-iam.channel.ca-file",
            "enrol the host with this CA, or add its CA to the file"),
    MISSING("the peer sent no certificate", "set MESOS_IAM_AGENT_CERTIFICATE on the host, or find out what connects"),
    CONTROLLERS(
            "the agent refused this controller's certificate",
            "compare MESOS_IAM_AGENT_CA and MESOS_IAM_AGENT_CONTROLLERS on the host with mesos-iam.channel.certificate-file");

    private static final int MOST_CAUSES = 20;

    private final String reason;
    private final String cure;

    CertificateRefusal(String reason, String cure) {
        this.reason = reason;
        this.cure = cure;
    }

    String reason() {
        return reason;
    }

    String cure() {
        return cure;
    }

    /** The certificate refusal that caused a failed handshake; empty if it failed for another reason. */
    static Optional<CertificateRefusal> of(Throwable failure) {
        return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(MOST_CAUSES)
                .toList()
                .reversed()
                .stream()
                .flatMap(cause -> one(cause).stream())
                .findFirst();
    }

    private static Optional<CertificateRefusal> one(Throwable cause) {
        return switch (cause) {
            case CertificateExpiredException _ -> Optional.of(EXPIRED);
            case CertificateNotYetValidException _ -> Optional.of(NOT_YET_VALID);
            case CertPathBuilderException _, CertPathValidatorException _ -> Optional.of(UNKNOWN_CA);
            case SSLException e -> ofMessage(String.valueOf(e.getMessage()));
            default -> Optional.empty();
        };
    }

    private static Optional<CertificateRefusal> ofMessage(String message) {
        if (message.contains("Empty client certificate chain")) {
            return Optional.of(MISSING);
        }
        boolean certificate = message.contains("certificate") || message.contains("unknown_ca");
        return message.contains("fatal alert: ") && certificate ? Optional.of(CONTROLLERS) : Optional.empty();
    }
}
