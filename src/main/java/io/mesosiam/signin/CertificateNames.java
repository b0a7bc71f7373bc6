package io.mesosiam.signin;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/**
 * The names in a client certificate that roles can be mapped from: {@code cn:name}, {@code dns:name}, {@code
 * email:address}, {@code uri:spiffe://…}, {@code subject:RFC 2253 text}.
 */
final class CertificateNames {
    /** GeneralName types (RFC 5280, section 4.2.1.6). */
    private static final Map<Integer, String> KINDS = Map.of(1, "email:", 2, "dns:", 6, "uri:");

    private CertificateNames() {}

    static List<String> of(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        String subject = certificate.getSubjectX500Principal().getName();
        names.add("subject:" + subject);
        commonName(subject).ifPresent(name -> names.add("cn:" + name));
        try {
            Collection<List<?>> alternative = Optional.ofNullable(certificate.getSubjectAlternativeNames())
                    .orElse(List.of());
            for (List<?> name : alternative) {
                Optional.ofNullable(KINDS.get(name.getFirst())).ifPresent(kind -> names.add(kind + name.get(1)));
            }
        } catch (CertificateParsingException e) {
            // such a certificate has only its subject
            return List.copyOf(names);
        }
        return List.copyOf(names);
    }

    /** The common name, if there is exactly one. */
    private static Optional<String> commonName(String subject) {
        try {
            List<String> names = new LdapName(subject)
                    .getRdns().stream()
                            .filter(rdn -> rdn.getType().equalsIgnoreCase("CN") && rdn.size() == 1)
                            .map(rdn -> String.valueOf(rdn.getValue()))
                            .toList();
            return names.size() == 1 ? Optional.of(names.getFirst()) : Optional.empty();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
