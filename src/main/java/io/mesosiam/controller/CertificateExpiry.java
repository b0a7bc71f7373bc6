package io.mesosiam.controller;

import io.mesosiam.api.port.ApiCertificates;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.authority.Authority;
import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * When the certificates expire that this controller uses: those of the agents' port and of the API's, the newest
 * intermediate and root of enrolled hosts, and those in each file that a setting names.
 */
@Singleton
final class CertificateExpiry {
    private static final String PORT = "mesos-iam.channel.certificate-file";
    private static final String API = "mesos-iam.api.certificate-file";

    /** Files with a certificate of the controller's own, then those between it and its authority. */
    private static final List<String> CHAINS = List.of("mesos-iam.mesos.certificate-file");

    /** Files with authorities, of which some may be old. */
    private static final List<String> BUNDLES = List.of(
            "mesos-iam.channel.ca-file",
            "mesos-iam.mesos.ca-file",
            "mesos-iam.api.client-ca-file",
            "mesos-iam.sign-in.oidc-ca-file");

    private static final Comparator<X509Certificate> BY_END = Comparator.comparing(X509Certificate::getNotAfter);

    private final AgentChannel channel;
    private final ApiCertificates api;
    private final HostAuthorities authorities;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final List<Watched> watched;

    /**
     * A place with certificates.
     *
     * @param label of the metric
     * @param cure what to do when the first of them expires soon
     * @param first that one; empty if there is none at the moment
     */
    private record Watched(String label, String cure, Supplier<Optional<X509Certificate>> first) {}

    @Inject
    CertificateExpiry(
            AgentChannel channel,
            ApiCertificates api,
            HostAuthorities authorities,
            Config config,
            InstantSource clock,
            MeterRegistry meters) {
        this.channel = channel;
        this.api = api;
        this.authorities = authorities;
        this.clock = clock;
        this.meters = meters;
        Optional<Path> port = config.getOptionalValue(PORT, Path.class);
        this.watched = Stream.of(
                        Stream.of(
                                new Watched("port", "renew " + PORT, () -> ofPort(port)),
                                new Watched("intermediate", "run 'mesos-iam ca rotate'", () -> newest(false)),
                                new Watched("root", "run 'mesos-iam ca init --another'", () -> newest(true))),
                        config.getOptionalValue(API, Path.class).stream()
                                .map(_ -> new Watched(API, "renew the file of " + API, () -> api.certificates().stream()
                                        .min(BY_END))),
                        files(CHAINS, config, (certificates, _) -> certificates.stream()
                                .min(BY_END)),
                        files(BUNDLES, config, CertificateExpiry::firstOfAuthorities))
                .flatMap(watched -> watched)
                .toList();
    }

    /** Which certificate of a file counts. */
    private interface Choice {
        Optional<X509Certificate> of(List<X509Certificate> certificates, Instant now);
    }

    private Stream<Watched> files(List<String> settings, Config config, Choice choice) {
        return settings.stream().flatMap(setting -> config.getOptionalValue(setting, Path.class).stream()
                .map(file -> new Watched(
                        setting, "renew the file of " + setting, () -> choice.of(read(file), clock.instant()))));
    }

    /** An authority that has expired already is of no use, and no trouble beside a valid one. */
    static Optional<X509Certificate> firstOfAuthorities(List<X509Certificate> authorities, Instant now) {
        return authorities.stream()
                .filter(authority -> authority.getNotAfter().toInstant().isAfter(now))
                .min(BY_END)
                .or(() -> authorities.stream().max(BY_END));
    }

    private static List<X509Certificate> read(Path file) {
        try {
            return PemFiles.certificates(file);
        } catch (Broken e) {
            // the user of the file reports it, and keeps what it has
            return List.of();
        }
    }

    /** The certificate in use, and those that are sent with it. */
    private Optional<X509Certificate> ofPort(Optional<Path> file) {
        return Stream.concat(
                        Stream.of(channel.certificate()),
                        file.map(CertificateExpiry::read).orElse(List.of()).stream()
                                .skip(1))
                .min(BY_END);
    }

    private Optional<X509Certificate> newest(boolean root) {
        return authorities.all().stream()
                .filter(authority -> authority.isRoot() == root)
                .findFirst()
                .map(Authority::certificate);
    }

    void register() {
        Gauge.builder(
                        "mesosiam.api.certificates.unusable",
                        api,
                        port -> port.trouble().isPresent() ? 1 : 0)
                .description(
                        "1 while a file of the API's port can't be used, and it keeps the certificates that it has")
                .register(meters);
        for (Watched place : watched) {
            Gauge.builder("mesosiam.certificate.expiry", place, it -> it.first()
                            .get()
                            .map(certificate -> (double)
                                    certificate.getNotAfter().toInstant().getEpochSecond())
                            .orElse(Double.NaN))
                    .baseUnit("seconds")
                    .description(
                            "When the first certificate of this place expires, as seconds since 1970; NaN if there is none")
                    .tag("certificate", place.label())
                    .strongReference(true)
                    .register(meters);
        }
    }

    /** The certificates of which less than a fifth of the lifetime is left, each with what to do. */
    List<String> soon() {
        Instant now = clock.instant();
        return watched.stream()
                .flatMap(place -> place
                        .first()
                        .get()
                        .filter(certificate -> isSoon(certificate, now))
                        .map(certificate -> place.label() + " expires at "
                                + certificate.getNotAfter().toInstant() + ": " + place.cure())
                        .stream())
                .toList();
    }

    static boolean isSoon(X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        Duration lifetime = Duration.between(certificate.getNotBefore().toInstant(), end);
        return Duration.between(now, end).compareTo(lifetime.dividedBy(5)) < 0;
    }
}
