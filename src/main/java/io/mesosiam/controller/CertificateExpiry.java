package io.mesosiam.controller;

import io.mesosiam.channel.AgentChannel;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.authority.Authority;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** When the certificates expire that hosts depend on: that of the agents' port, and the newest intermediate and root. */
@Singleton
final class CertificateExpiry {
    private final AgentChannel channel;
    private final HostAuthorities authorities;
    private final InstantSource clock;
    private final MeterRegistry meters;

    @Inject
    CertificateExpiry(AgentChannel channel, HostAuthorities authorities, InstantSource clock, MeterRegistry meters) {
        this.channel = channel;
        this.authorities = authorities;
        this.clock = clock;
        this.meters = meters;
    }

    /** A certificate in the chain, with what replaces it. */
    private enum Link {
        PORT("renew mesos-iam.channel.certificate-file"),
        INTERMEDIATE("run 'mesos-iam ca rotate'"),
        ROOT("run 'mesos-iam ca init --another'");

        private final String cure;

        Link(String cure) {
            this.cure = cure;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    void register() {
        for (Link link : Link.values()) {
            Gauge.builder("mesosiam.certificate.expiry", this, expiry -> expiry.of(link)
                            .map(certificate -> (double)
                                    certificate.getNotAfter().toInstant().getEpochSecond())
                            .orElse(Double.NaN))
                    .baseUnit("seconds")
                    .description(
                            "When the newest certificate of this kind expires, as seconds since 1970; NaN if there is none")
                    .tag("certificate", link.label())
                    .register(meters);
        }
    }

    /** The certificates of which less than a fifth of the lifetime is left, each with what to do. */
    List<String> soon() {
        Instant now = clock.instant();
        return Arrays.stream(Link.values())
                .flatMap(link -> of(link)
                        .filter(certificate -> isSoon(certificate, now))
                        .map(certificate -> link.label() + " expires at "
                                + certificate.getNotAfter().toInstant() + ": " + link.cure)
                        .stream())
                .toList();
    }

    static boolean isSoon(X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        Duration lifetime = Duration.between(certificate.getNotBefore().toInstant(), end);
        return Duration.between(now, end).compareTo(lifetime.dividedBy(5)) < 0;
    }

    private Optional<X509Certificate> of(Link link) {
        return switch (link) {
            case PORT -> Optional.of(channel.certificate());
            case INTERMEDIATE, ROOT ->
                authorities.all().stream()
                        .filter(authority -> authority.isRoot() == (link == Link.ROOT))
                        .findFirst()
                        .map(Authority::certificate);
        };
    }
}
