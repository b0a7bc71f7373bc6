package io.mesosiam.agent.enrol;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name that a certificate proves: a DNS name, or the literal of an IP address.
 *
 * @param text as it is registered with the Mesos master
 * @param address for a literal
 */
record HostName(String text, Optional<InetAddress> address) {
    /** Types of a subject alternative name (RFC 5280, section 4.2.1.6), and their tags. */
    private static final int DNS_NAME = 2;

    private static final int IP_ADDRESS = 7;
    private static final int CONTEXT = 0x80;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final Pattern LITERAL = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /**
     * Reads a name.
     *
     * @throws IOException if a certificate can't have it
     */
    static HostName of(String text) throws IOException {
        try {
            if (LITERAL.matcher(text).matches()) {
                return new HostName(text, Optional.of(InetAddress.ofLiteral(text)));
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("'" + text + "' is no IP address, set MESOS_IAM_AGENT_HOSTNAME", e);
        }
        if (!NAME.matcher(text).matches()) {
            throw new IOException("a certificate can't name this host, set MESOS_IAM_AGENT_HOSTNAME to the name with"
                    + " which the Mesos agent is registered");
        }
        return new HostName(text, Optional.empty());
    }

    /**
     * The only name of a certificate.
     *
     * @throws IOException if it has none or several
     */
    static HostName onlyNameOf(X509Certificate certificate) throws IOException {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null || names.size() != 1) {
                throw new IOException(
                        "the certificate has " + (names == null ? 0 : names.size()) + " names, it must have one");
            }
            List<?> name = names.iterator().next();
            if (!name.get(0).equals(DNS_NAME) && !name.get(0).equals(IP_ADDRESS)) {
                throw new IOException("the certificate's name is neither a DNS name nor an IP address");
            }
            return of(String.valueOf(name.get(1)));
        } catch (CertificateParsingException e) {
            throw new IOException("the certificate's names can't be read", e);
        }
    }

    /** Whether both name the same host. */
    boolean matches(HostName other) {
        if (address.isPresent() || other.address().isPresent()) {
            return address.equals(other.address());
        }
        return fold(text).equals(fold(other.text()));
    }

    /** The name as GeneralName in DER. */
    byte[] generalName() {
        return address.map(it -> Der.value(CONTEXT | IP_ADDRESS, it.getAddress()))
                .orElseGet(() -> Der.text(CONTEXT | DNS_NAME, text));
    }

    private static String fold(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
