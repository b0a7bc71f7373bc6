package io.mesosiam.agent.doctor;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Explains which TLS peer refused the other one's certificate. In TLS 1.3 an agent has finished its handshake before
 * the controller verifies its certificate (RFC 8446, section 4.4): the refusal arrives as the answer to what the agent
 * sends next.
 *
 * @param text what happened
 * @param cure what to do about it
 */
public record TlsRefusal(String text, String cure) {
    private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]+)");

    private static final String OWN = "check the file MESOS_IAM_AGENT_CERTIFICATE, or of an enrolled host"
            + " current/certificate.pem in MESOS_IAM_AGENT_STATE: its CA, and whether it has expired";
    private static final String REMOVED_ROOT =
            "; if the operators have removed the root of an enrolled host, enrol it again: docs/agent.md#enrol-a-host";
    private static final String CONTROLLERS_LOG =
            "; the controller's log says why (agent certificate refused), its setting is mesos-iam.channel.ca-file";

    /** The explanation of a connection's failure, if certificates caused it. */
    public static Optional<TlsRefusal> of(Throwable failure) {
        return Causes.explained(failure, TlsRefusal::one);
    }

    private static Optional<TlsRefusal> one(Throwable cause) {
        return switch (cause) {
            case CertificateExpiredException _ ->
                Optional.of(new TlsRefusal("the controller's certificate has expired", "renew it on the controller"));
            case CertificateNotYetValidException _ ->
                Optional.of(new TlsRefusal(
                        "the controller's certificate is not valid yet",
                        "check the clocks of this host and the controller"));
            case CertPathBuilderException _, CertPathValidatorException _ -> Optional.of(otherCa());
            case CertificateException e
            when String.valueOf(e.getMessage()).contains("alternative") ->
                Optional.of(new TlsRefusal(
                        "the controller's certificate names another host: " + e.getMessage(),
                        "write in MESOS_IAM_AGENT_CONTROLLERS a name that the controller's certificate has"));
            case SSLException e
            when String.valueOf(e.getMessage()).contains("Unsupported or unrecognized SSL message") ->
                Optional.of(new TlsRefusal(
                        "the program at this address does not use TLS",
                        "name the controller's agent port (mesos-iam.channel.port) in MESOS_IAM_AGENT_CONTROLLERS"));
            case SSLException e -> alert(String.valueOf(e.getMessage()));
            default -> Optional.empty();
        };
    }

    private static TlsRefusal otherCa() {
        return new TlsRefusal(
                "the controller's certificate is not of a CA in MESOS_IAM_AGENT_CA",
                "add the CA of the controller's certificate to that file" + REMOVED_ROOT);
    }

    private static Optional<TlsRefusal> alert(String message) {
        Matcher alert = ALERT.matcher(message);
        return alert.find() ? refusedFor(alert.group(1)) : Optional.empty();
    }

    /** The alerts about certificates in RFC 8446, section 6.2. */
    private static Optional<TlsRefusal> refusedFor(String name) {
        String refused = "the controller refused this agent's certificate (" + name + ")";
        return switch (name) {
            case "certificate_expired" ->
                Optional.of(new TlsRefusal(refused + ": it has expired", OWN + ", and this host's clock"));
            case "unknown_ca",
                    "certificate_unknown",
                    "bad_certificate",
                    "unsupported_certificate",
                    "certificate_revoked",
                    "access_denied" -> Optional.of(new TlsRefusal(refused, OWN + CONTROLLERS_LOG));
            case "certificate_required" ->
                Optional.of(new TlsRefusal(
                        "the controller got no certificate of this agent (" + name + ")", OWN + REMOVED_ROOT));
            default -> Optional.empty();
        };
    }
}
