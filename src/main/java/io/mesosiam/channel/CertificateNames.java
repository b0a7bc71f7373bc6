package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.enrol.EvictedHosts;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/**
 * The names in a verified certificate: the DNS names and IP addresses of its subject alternative names (RFC 5280,
 * section 4.2.1.6), and its serial number. The common name of the subject and names with wildcards are ignored, since an agent is one host.
 *
 * <p>If SPIFFE ids name hosts, a certificate with such an id has the name in it alone: the authority of a trust domain also signs for
 * tasks, which may have any DNS name.
 *
 * @param spiffeId the first one, whether it names a host or not; for logs
 */
record CertificateNames(
        Set<String> dns,
        Set<InetAddress> addresses,
        Optional<String> spiffeId,
        String serial,
        Instant notAfter,
        X500Principal issuer) {
    private static final int LONGEST_SHOWN = 200;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final int URI = 6;

    CertificateNames {
        dns = Set.copyOf(dns);
        addresses = Set.copyOf(addresses);
    }

    static CertificateNames of(X509Certificate certificate, Optional<SpiffeIds> spiffe) {
        Set<String> dns = new HashSet<>();
        Set<InetAddress> addresses = new HashSet<>();
        List<Name> all = alternativeNames(certificate);
        for (Name name : hostNames(all, spiffe)) {
            String text = name.text();
            switch (name.type()) {
                case DNS_NAME ->
                    Optional.of(text)
                            .filter(n -> !n.contains("*"))
                            .map(CertificateNames::fold)
                            .ifPresent(dns::add);
                case IP_ADDRESS -> literal(text).ifPresent(addresses::add);
                default -> {
                    // other kinds of name, such as mail or URI, name no host
                }
            }
        }
        return new CertificateNames(
                dns,
                addresses,
                all.stream().filter(Name::isSpiffeId).map(Name::text).findFirst(),
                EvictedHosts.serial(certificate),
                certificate.getNotAfter().toInstant(),
                certificate.getIssuerX500Principal());
    }

    /** The fault for a certificate that has expired: TLS doesn't check it again when a session is resumed. */
    Optional<Fault> expiry(Instant now) {
        // the agent reads its certificate for each stream, so it presents a renewed one at once
        return now.isBefore(notAfter)
                ? Optional.empty()
                : Optional.of(Fault.passing("certificate-expired", "the certificate expired at " + notAfter));
    }

    /** Whether this host name, or literal address, is one of the names. */
    boolean contains(String hostOrAddress) {
        return literal(hostOrAddress).map(addresses::contains).orElseGet(() -> dns.contains(fold(hostOrAddress)));
    }

    /** All names in the form in which they are compared. */
    Set<String> texts() {
        return Stream.concat(dns.stream(), addresses.stream().map(InetAddress::getHostAddress))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A host name or literal address in the form in which {@link #texts} has it. */
    static String text(String hostOrAddress) {
        return literal(hostOrAddress).map(InetAddress::getHostAddress).orElseGet(() -> fold(hostOrAddress));
    }

    private record Name(int type, String text) {
        static Name of(String hostOrAddress) {
            return new Name(literal(hostOrAddress).isPresent() ? IP_ADDRESS : DNS_NAME, hostOrAddress);
        }

        boolean isSpiffeId() {
            return type == URI && text.startsWith(SpiffeIds.SCHEME);
        }
    }

    private static List<Name> hostNames(List<Name> all, Optional<SpiffeIds> spiffe) {
        if (spiffe.isEmpty() || all.stream().noneMatch(Name::isSpiffeId)) {
            return all;
        }
        List<String> uris =
                all.stream().filter(name -> name.type() == URI).map(Name::text).toList();
        // a certificate with a SPIFFE id has no other URI
        return uris.size() == 1
                ? spiffe.get().host(uris.getFirst()).map(Name::of).stream().toList()
                : List.of();
    }

    private static List<Name> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .map(name -> new Name((Integer) name.get(0), String.valueOf(name.get(1))))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static String fold(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static Optional<InetAddress> literal(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The names of the host; if there are none, the SPIFFE id, in printable ASCII. */
    @Override
    public String toString() {
        Set<String> texts = texts();
        return texts.isEmpty() && spiffeId.isPresent()
                ? shown(spiffeId.get())
                : texts.stream().sorted().toList().toString();
    }

    private static String shown(String id) {
        String printable = id.replaceAll("[^!-~]|\"", "?");
        return printable.length() > LONGEST_SHOWN ? printable.substring(0, LONGEST_SHOWN) + "..." : printable;
    }
}
