package io.mesosiam.mesos.master;

import io.mesosiam.reach.NoConnection;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Advice for operators about a failed request to a master, appended to the message. It names the setting to change. */
final class MasterCure {
    private MasterCure() {}

    static String of(int status) {
        return switch (status) {
            case 401 ->
                " (the master wants a principal and its secret: check mesos-iam.mesos.principal and"
                        + " mesos-iam.mesos.secret-file against the master's --credentials)";
            case 403 ->
                " (the master's ACLs forbid this to the principal of mesos-iam.mesos.principal: docs/controller.md lists"
                        + " what it needs to see)";
            default -> "";
        };
    }

    static String of(NoConnection why) {
        return switch (why) {
            case UNKNOWN_HOST ->
                " (check the name in mesos-iam.mesos.masters; a master that advertises a name that this host does not know has to be led to another"
                        + " address by mesos-iam.mesos.alias)";
            case REFUSED -> " (does a master run there? Check host and port in mesos-iam.mesos.masters)";
            case NO_ROUTE -> " (check the address in mesos-iam.mesos.masters, and this host's routes)";
            case TIMED_OUT -> "";
        };
    }

    /** Returns advice by the last cause in the chain, since the JDK's messages are long. */
    static String of(SSLException e) {
        if (caused(e, CertPathValidatorException.class)
                .map(Throwable::getMessage)
                .orElse("")
                .contains("validity")) {
            return " (the master's certificate, or its authority's, isn't valid at this time: renew it, or set the clock)";
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("PKIX")) {
            return " (the master's certificate isn't signed by an authority of mesos-iam.mesos.ca-file: set it to the PEM"
                    + " bundle with the authority that signed it)";
        }
        if (caused(e, CertificateException.class).isPresent()) {
            return " (the master's certificate doesn't name the host: use the certificate's name in mesos-iam.mesos.masters,"
                    + " or map the advertised name to it with mesos-iam.mesos.alias)";
        }
        return " (does the master speak TLS there? Check https:// in mesos-iam.mesos.masters, and mesos-iam.mesos.ca-file)";
    }

    private static <T extends Throwable> Optional<T> caused(Throwable e, Class<T> kind) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return Optional.of(kind.cast(cause));
            }
        }
        return Optional.empty();
    }
}
