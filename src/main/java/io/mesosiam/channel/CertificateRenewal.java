package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import io.mesosiam.enrol.Enrolment.Outcome;
import io.mesosiam.enrol.HostCertificates;
import io.mesosiam.enrol.Issued;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The renewals of one stream's certificate, one at a time and one a second. The certificate of the stream proves the host; the
 * new one has the same name. The agent does not learn why it is refused.
 */
final class CertificateRenewal {
    /** An agent asks again after a minute at the earliest; each request costs a check of its key and a transaction. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private final HostCertificates certificates;
    private final CertificateNames current;
    private final StreamLifecycle lifecycle;
    private final String address;
    private final InstantSource clock;
    private final AtomicBoolean running = new AtomicBoolean();

    /** When the last request was accepted. Only {@link #request} uses it, which runs once at a time. */
    private Instant last = Instant.MIN;

    CertificateRenewal(
            HostCertificates certificates,
            CertificateNames current,
            StreamLifecycle lifecycle,
            String address,
            InstantSource clock) {
        this.certificates = certificates;
        this.current = current;
        this.lifecycle = lifecycle;
        this.address = address;
        this.clock = clock;
    }

    /**
     * Answers a request. A second request before the answer to the first, or within {@link #PAUSE}, is dropped before it is read.
     * Does not wait for the database.
     */
    void request(String csr) {
        Instant now = clock.instant();
        // a clock that is set back does not stop renewals
        boolean early = Duration.between(last, now).abs().compareTo(PAUSE) < 0;
        if (early || !running.compareAndSet(false, true)) {
            return;
        }
        last = now;
        var _ = Uni.createFrom()
                .deferred(() -> certificates.renew(current.texts(), current.serial(), csr, address))
                .onTermination()
                .invoke(() -> running.set(false))
                .subscribe()
                .with(this::answer, _ -> answer(new Outcome.Unavailable("an unexpected failure")));
    }

    private void answer(Outcome outcome) {
        lifecycle.send(
                switch (outcome) {
                    case Outcome.Signed(Issued issued) -> new Certificate(issued.certificate(), issued.authorities());
                    case Outcome.Refused _ ->
                        new CertificateRefused("refused", "the controller refuses it; its log states the condition");
                    case Outcome.Malformed(String message) -> new CertificateRefused("malformed", message);
                    case Outcome.Unavailable _ ->
                        new CertificateRefused("unavailable", "the controller can't sign certificates now");
                });
    }
}
