package io.mesosiam.enrol.command;

import io.mesosiam.enrol.authority.Authority;
import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Which intermediate signs the certificate of a controller. While there are two roots, an agent may know the old one alone, until
 * its next renewal: a certificate of the new one would cut it off.
 *
 * @param intermediates those that are valid, the newest first
 */
record ControllerAuthority(List<X509Certificate> roots, List<Authority> intermediates) {
    static ControllerAuthority of(List<Authority> all, Instant now) {
        List<Authority> valid =
                all.stream().filter(authority -> authority.isValid(now)).toList();
        return new ControllerAuthority(
                valid.stream()
                        .filter(Authority::isRoot)
                        .map(Authority::certificate)
                        .toList(),
                Authority.intermediates(valid));
    }

    /** @param before the certificate that is replaced, whose root the next one keeps while the root is there and valid */
    Optional<Authority> choose(Optional<Path> before) {
        return before.flatMap(ControllerAuthority::root)
                .filter(name -> roots.stream()
                        .anyMatch(root -> root.getSubjectX500Principal().equals(name)))
                .flatMap(name -> intermediates.stream()
                        .filter(it -> it.certificate().getIssuerX500Principal().equals(name))
                        .findFirst())
                .or(() -> intermediates.stream().findFirst());
    }

    /** The name of the root in a controller's certificate file, which ends with the intermediate. */
    private static Optional<X500Principal> root(Path certificateFile) {
        try {
            return Optional.of(PemFiles.certificates(certificateFile).getLast().getIssuerX500Principal());
        } catch (Broken e) {
            return Optional.empty();
        }
    }
}
