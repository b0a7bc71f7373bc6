package io.mesosiam.agent.enrol;

import io.mesosiam.agent.doctor.TlsRefusal;
import io.mesosiam.reach.NoConnection;
import java.io.IOException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Explains why a request to an enrolment port failed, and what to do about it. */
final class EnrolmentFailure {
    private static final int MOST_CAUSES = 20;

    private static final String AGENTS_PORT =
            "it demands a certificate, as the port of the agents' streams (mesos-iam.channel.port) does";
    private static final String OWN_PORT = "write in MESOS_IAM_AGENT_ENROL the enrolment port (mesos-iam.enrol.port)";

    private EnrolmentFailure() {}

    static String text(IOException failure) {
        if (has(failure, CertificateExpiredException.class) || has(failure, CertificateNotYetValidException.class)) {
            return "its certificate has expired or is not valid yet: check the clocks of this host and of the controller,"
                    + " then the controller's certificate";
        }
        if (!has(failure, SSLException.class)) {
            return NoConnection.of(failure)
                    .map(why ->
                            why.words() + ": check the addresses in MESOS_IAM_AGENT_ENROL, that the controller runs,"
                                    + " and that its enrolment port is open (mesos-iam.enrol.port)")
                    .orElseGet(() -> has(failure, SocketException.class)
                            // a refusal can be lost if the port resets the connection after it
                            ? "the connection ended (" + failure.getMessage() + "), or " + AGENTS_PORT + ": " + OWN_PORT
                            : String.valueOf(failure.getMessage()));
        }
        if (String.valueOf(failure.getMessage()).contains("certificate_required")) {
            return AGENTS_PORT + ": " + OWN_PORT;
        }
        if (has(failure, CertPathValidatorException.class) || has(failure, CertPathBuilderException.class)) {
            return "its certificate does not lead to the pinned root. No proof was sent. The"
                    + " controller's certificate must come from its own authority";
        }
        Optional<String> explained = TlsRefusal.of(failure).map(TlsRefusal::text);
        return explained.orElse(String.valueOf(failure.getMessage())) + ": " + OWN_PORT
                + " and a name that the controller's certificate has";
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(MOST_CAUSES)
                .anyMatch(type::isInstance);
    }
}
