package io.mesosiam.enrol.ec2;

import io.mesosiam.enrol.authority.Pem;
import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * AWS's certificates for the RSA-2048 signatures of identity documents, one for each region. AWS publishes them in the EC2 User
 * Guide, "AWS public certificates for instance identity document signatures"; the program has them, and a file can replace them.
 * The file is read again when it is needed, at most every 10 s; while it is broken, the certificates that were read last hold.
 */
public final class RegionCertificates {
    private static final Logger LOG = Logger.getLogger(RegionCertificates.class);
    private static final String BUNDLED = "region-certificates.pem";
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final int LEAST_BITS = 2048;

    /** The region on a line of its own, then its certificate. */
    private static final Pattern ENTRY = Pattern.compile(
            "\\s*([a-z0-9-]+)\\s+-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----\\s*");

    private final Optional<Path> file;
    private final InstantSource clock;
    private volatile Known known;

    private record Known(Map<String, X509Certificate> byRegion, Instant at, Optional<String> trouble) {}

    /** @param file in place of the program's own certificates */
    public RegionCertificates(Optional<Path> file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
        this.known = new Known(file.isPresent() ? Map.of() : bundled(), Instant.EPOCH, Optional.empty());
    }

    /** The certificate of a region; empty if there is none. */
    public Optional<X509Certificate> of(String region) {
        return Optional.ofNullable(current().byRegion().get(region));
    }

    /** Why the file can't be used as it is now; empty if it can. */
    public Optional<String> trouble() {
        return current().trouble();
    }

    private Known current() {
        Known last = known;
        Instant now = clock.instant();
        if (file.isEmpty() || now.isBefore(last.at().plus(FRESH))) {
            return last;
        }
        Known next = read(file.get(), last, now);
        if (!next.trouble().equals(last.trouble())) {
            next.trouble().ifPresent(why -> LOG.warnf("certificates of regions not read reason=\"%s\"", why));
        }
        known = next;
        return next;
    }

    private static Known read(Path file, Known last, Instant now) {
        try {
            return new Known(parse(new String(PemFiles.read(file), StandardCharsets.US_ASCII)), now, Optional.empty());
        } catch (Broken e) {
            return new Known(
                    last.byRegion(),
                    now,
                    Optional.of("mesos-iam.enrol.ec2.certificates-file=" + file + ": " + e.problem() + ". " + e.cure()
                            + "."));
        }
    }

    /** AWS's certificates as the program has them. */
    static Map<String, X509Certificate> bundled() {
        try (InputStream in = RegionCertificates.class.getResourceAsStream(BUNDLED)) {
            if (in == null) {
                throw new IllegalStateException("the program has no " + BUNDLED);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Broken e) {
            throw new IllegalStateException(BUNDLED + ": " + e.problem(), e);
        }
    }

    /** Each certificate must be signed with its own key, which has at least 2,048 bits of RSA. */
    public static Map<String, X509Certificate> parse(String text) throws Broken {
        Map<String, X509Certificate> byRegion = new TreeMap<>();
        Matcher entry = ENTRY.matcher(text);
        while (entry.lookingAt()) {
            String region = entry.group(1);
            if (byRegion.put(region, certificate(region, entry.group(2))) != null) {
                throw new Broken("has the region " + region + " twice", "Leave one certificate of each region");
            }
            entry.region(entry.end(), text.length());
        }
        if (byRegion.isEmpty() || entry.regionStart() != text.length()) {
            throw new Broken(
                    "is no list of regions with their certificates, after "
                            + (byRegion.isEmpty() ? "its begin" : byRegion.size() + " regions"),
                    "Write each region on a line, followed by its certificate in PEM form");
        }
        return Map.copyOf(byRegion);
    }

    private static X509Certificate certificate(String region, String base64) throws Broken {
        try {
            X509Certificate certificate =
                    Pem.certificate(Base64.getMimeDecoder().decode(base64));
            certificate.verify(certificate.getPublicKey());
            if (certificate.getPublicKey() instanceof RSAPublicKey key
                    && key.getModulus().bitLength() >= LEAST_BITS) {
                return certificate;
            }
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            LOG.debug("certificate of a region not usable", e);
        }
        throw new Broken(
                "has no certificate of AWS for " + region
                        + ", which is signed with its own key of 2048 bits of RSA or more",
                "Take the RSA-2048 certificate of the region from the EC2 User Guide");
    }
}
