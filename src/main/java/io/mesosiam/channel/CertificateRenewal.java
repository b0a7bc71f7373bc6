package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import io.mesosiam.enrol.Enrolment.Outcome;
import io.mesosiam.enrol.HostCertificates;
import io.mesosiam.enrol.Issued;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The renewals of one stream's certificate, one at a time. The certificate of the stream proves the host; the new one has the
 * same name. The agent does not learn why it is refused.
 */
final class CertificateRenewal {
    private final HostCertificates certificates;
    private final CertificateNames current;
    private final StreamLifecycle lifecycle;
    private final String address;
    private final AtomicBoolean running = new AtomicBoolean();

    CertificateRenewal(
            HostCertificates certificates, CertificateNames current, StreamLifecycle lifecycle, String address) {
        this.certificates = certificates;
        this.current = current;
        this.lifecycle = lifecycle;
        this.address = address;
    }

    /**
     * Answers a request. A second request before the answer to the first is dropped before it is read. Does not wait for the
     * database.
     */
    void request(String csr) {
        if (!running.compareAndSet(false, true)) {
            return;
        }
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
