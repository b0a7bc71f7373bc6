package io.mesosiam.agent.doctor;

import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * Checks whether the certificate names this host. The controller compares its subject alternative names with the host
 * name and the address with which the Mesos agent is registered: exactly, without wildcards, and without the common
 * name. What a SPIFFE id names, only the controllers' settings say.
 *
 * @param certificate PEM, the agent's own first
 * @param hostname the name under which the Mesos agent is registered, if this host knows it
 */
public record NameCheck(Path certificate, Callable<String> hostname) implements Check {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final int URI = 6;

    @Override
    public List<Finding> findings() {
        try (InputStream pem = Files.newInputStream(certificate)) {
            X509Certificate own =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
            Optional<String> spiffe = names(own, Set.of(URI)).stream()
                    .filter(uri -> uri.startsWith("spiffe://"))
                    .findFirst();
            if (spiffe.isPresent()) {
                return List.of(Finding.ok(
                        "name", "the certificate has the SPIFFE id " + spiffe.get() + ", which the controllers judge"));
            }
            return List.of(finding(names(own, Set.of(DNS_NAME, IP_ADDRESS)), hostname.call(), addresses()));
        } catch (IOException e) {
            return List.of(Finding.failure(
                    "name", certificate + ": " + FileProblem.reason(certificate, e), "see certificate"));
        } catch (CertificateException e) {
            return List.of(Finding.failure("name", certificate + ": " + e.getMessage(), "see certificate"));
        } catch (Exception e) {
            return List.of(Finding.warning("name", "this host's name is unknown", "set MESOS_IAM_AGENT_HOSTNAME"));
        }
    }

    static Finding finding(Set<String> names, String hostname, Set<String> addresses) {
        if (names.isEmpty()) {
            return Finding.failure(
                    "name",
                    "the certificate has no DNS name, no IP address and no SPIFFE id among its subject alternative names",
                    "request a certificate for " + hostname + ": the common name doesn't count");
        }
        Optional<String> address = names.stream().filter(addresses::contains).findFirst();
        if (names.contains(fold(hostname))) {
            return Finding.ok("name", "the certificate names " + hostname);
        }
        return address.map(it -> Finding.ok("name", "the certificate names this host's address " + it))
                .orElseGet(() -> Finding.warning(
                        "name",
                        "the certificate is for " + names + ", this host is " + hostname + " " + addresses,
                        "set MESOS_IAM_AGENT_HOSTNAME to the name that the Mesos master shows for this host, or use a"
                                + " certificate for that name; controllers refuse another host's (host-mismatch)"));
    }

    /** The certificate's names. As on the controller, names with wildcards do not count. */
    private static Set<String> names(X509Certificate certificate, Set<Integer> types) throws CertificateException {
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        return all == null
                ? Set.of()
                : all.stream()
                        .filter(name -> types.contains((Integer) name.get(0)))
                        .map(name -> String.valueOf(name.get(1)))
                        .filter(name -> !name.contains("*"))
                        .map(NameCheck::fold)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> addresses() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String fold(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
