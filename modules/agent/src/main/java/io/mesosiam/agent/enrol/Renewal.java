package io.mesosiam.agent.enrol;

import io.mesosiam.agent.link.CertificateExchange;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
import io.mesosiam.pause.Wakeup;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Requests each next certificate over the stream, with a new key for each. The certificate in use stays in use until the new
 * one is stored, and open streams are not affected.
 *
 * <p>The stream's threads only note what has happened. {@link #turn} does the work, on one thread.
 */
final class Renewal {
    private static final System.Logger LOG = System.getLogger(Renewal.class.getName());

    /** With jitter, the first pause is at least a minute, and the longest at most an hour. */
    private static final Doubling PAUSES = new Doubling(Duration.ofMinutes(2), Duration.ofHours(1));

    private final StateDirectory state;
    private final Backoff pauses;
    private final RandomGenerator random;
    private final Wakeup wakeup;
    private final Outcomes outcomes = new Outcomes("rotated", "refused", "unacceptable", "not-stored", "no-answer");

    private final AtomicReference<@Nullable ControllerMessage> answer = new AtomicReference<>();
    private final AtomicReference<@Nullable Consumer<AgentMessage>> stream = new AtomicReference<>();
    private volatile @Nullable NotAccepted notAccepted;

    // used by the thread that calls turn
    private @Nullable StoredCertificate held;
    private Instant due = Instant.MAX;
    private Instant notBefore = Instant.MIN;
    private @Nullable KeyPair requested;

    /** @param key whether its key is not accepted either */
    private record NotAccepted(StoredCertificate certificate, boolean key) {}

    Renewal(StateDirectory state, RandomGenerator random, Wakeup wakeup) {
        this.state = state;
        this.pauses = new Backoff(PAUSES, random);
        this.random = random;
        this.wakeup = wakeup;
    }

    /** The exchange of a stream with this certificate. While the host moves, it has two streams, which can have different ones. */
    CertificateExchange of(Optional<StoredCertificate> certificate) {
        return new CertificateExchange() {
            @Override
            public void opened(Consumer<AgentMessage> send) {
                stream.set(send);
                notAccepted = null;
                wakeup.wake();
            }

            @Override
            public void closed(Consumer<AgentMessage> send) {
                boolean ignored = stream.compareAndSet(send, null);
            }

            @Override
            public void issued(Certificate issued) {
                arrived(issued);
            }

            @Override
            public void refused(CertificateRefused refusal) {
                arrived(refusal);
            }

            @Override
            public void notAccepted(boolean key) {
                certificate.ifPresent(its -> {
                    notAccepted = new NotAccepted(its, key);
                    wakeup.wake();
                });
            }
        };
    }

    /** Whether controllers accept the certificate, as far as is known. */
    boolean accepts(StoredCertificate certificate) {
        NotAccepted found = notAccepted;
        return found == null || !found.certificate().equals(certificate);
    }

    /** Whether controllers accept another certificate for the key of this one, as far as is known. */
    boolean acceptsKeyOf(@Nullable StoredCertificate certificate) {
        NotAccepted found = notAccepted;
        return found == null || !found.key() || !found.certificate().equals(certificate);
    }

    private void arrived(ControllerMessage message) {
        answer.set(message);
        wakeup.wake();
    }

    /**
     * Uses the answer that has arrived, and sends a request if one is due.
     *
     * @param certificate the one in use
     * @return the time until something is due; zero if another certificate is in use now
     */
    Duration turn(StoredCertificate certificate, Instant now) {
        if (!certificate.equals(held)) {
            held = certificate;
            due = certificate.due(random);
        }
        KeyPair key = requested;
        ControllerMessage arrived = answer.getAndSet(null);
        if (key != null && arrived != null && stored(arrived, key, certificate, now)) {
            requested = null;
            notBefore = Instant.MIN;
            pauses.succeeded();
            return Duration.ZERO;
        }
        Duration wait = Duration.between(now, due.isAfter(notBefore) ? due : notBefore);
        if (wait.isPositive()) {
            return wait;
        }
        Consumer<AgentMessage> send = stream.get();
        return send == null ? PAUSES.first() : request(certificate, now, send);
    }

    private Duration request(StoredCertificate certificate, Instant now, Consumer<AgentMessage> send) {
        if (requested != null) {
            outcomes.count("no-answer");
            LOG.log(
                    Level.WARNING,
                    "certificate request not answered, asking again until={0} cure=\"{1}\"",
                    certificate.until(),
                    "look for this host in the controller's log; a controller of an earlier version does not answer");
        }
        KeyPair key = SigningRequest.newKey();
        requested = key;
        Duration pause = pauses.next();
        notBefore = now.plus(pause);
        send.accept(new CertificateRequest(SigningRequest.pem(certificate.host(), key)));
        LOG.log(Level.DEBUG, "certificate requested until={0}", certificate.until());
        return pause;
    }

    /** Whether the answer is a certificate that is in use now. */
    private boolean stored(ControllerMessage arrived, KeyPair key, StoredCertificate certificate, Instant now) {
        requested = null;
        if (arrived instanceof Certificate(String chain, String authorities)) {
            return stored(chain, authorities, key, certificate, now);
        }
        if (arrived instanceof CertificateRefused(String code, String message)) {
            outcomes.count("refused");
            LOG.log(
                    Level.WARNING,
                    "certificate not renewed, asking again until={0} code={1} message=\"{2}\"",
                    certificate.until(),
                    code,
                    message);
        }
        return false;
    }

    private boolean stored(String chain, String authorities, KeyPair key, StoredCertificate certificate, Instant now) {
        IssuedCertificate issued;
        try {
            issued = IssuedCertificate.check(
                    chain,
                    authorities,
                    new IssuedCertificate.Expected(
                            key.getPublic(), certificate.host(), certificate.authorities(), true),
                    now);
        } catch (IOException e) {
            outcomes.count("unacceptable");
            LOG.log(
                    Level.ERROR,
                    "new certificate not accepted, asking again until={0} reason=\"{1}\"",
                    certificate.until(),
                    e.getMessage());
            return false;
        }
        try {
            state.store(key, issued);
        } catch (IOException e) {
            outcomes.count("not-stored");
            LOG.log(
                    Level.ERROR,
                    "new certificate not stored, asking again until={0} reason=\"{1}\"",
                    certificate.until(),
                    FileProblem.describe(e));
            return false;
        }
        outcomes.count("rotated");
        LOG.log(
                Level.INFO,
                "certificate renewed, the next stream uses it until={0}",
                issued.leaf().getNotAfter().toInstant());
        return true;
    }

    void expose(Exposition out) {
        outcomes.expose(out.counter(
                "mesosiam_agent_certificate_rotations_total", "Requests for the next certificate, by outcome."));
    }
}
