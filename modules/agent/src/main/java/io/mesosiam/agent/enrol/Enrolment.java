package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.config.EnrolmentSettings;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.agent.link.CertificateExchange;
import io.mesosiam.agent.link.UnexpectedFailures;
import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.pause.TimedWakeup;
import io.mesosiam.pause.Wakeup;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the certificate of this host valid: enrols the host if it has none that controllers accept, and requests each next
 * one over the stream.
 */
public final class Enrolment implements MetricSource, AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(1);

    /** The host's clock may be corrected, so no wait is longer. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** While the host enrols, an operator may write another join token. */
    private static final Duration LONGEST_WAIT_FOR_TOKEN = Duration.ofSeconds(1);

    /** For one request to one controller. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final StateDirectory state;
    private final Joining joining;
    private final Renewal renewal;
    private final InstantSource clock;
    private final Wakeup wakeup;

    private volatile @Nullable StoredCertificate certificate;
    private volatile @Nullable Thread thread;

    /** Whether it was reported that the host has a certificate. Of the thread that enrols. */
    private boolean begun;

    Enrolment(
            EnrolmentSettings settings,
            Applicant applicant,
            InstantSource clock,
            RandomGenerator random,
            Wakeup wakeup,
            Duration limit)
            throws IOException {
        this.state = StateDirectory.open(settings);
        this.joining =
                new Joining(settings.controllers(), applicant, state, new FirstCertificate(clock, limit), random);
        this.renewal = new Renewal(state, random, wakeup);
        this.clock = clock;
        this.wakeup = wakeup;
        this.certificate = state.certificate().orElse(null);
    }

    /**
     * The enrolment of a host whose settings have one.
     *
     * @throws IOException if the state directory can't be used; the message names the file
     */
    public static Optional<Enrolment> of(AgentConfig config) throws IOException {
        Optional<EnrolmentSettings> settings = config.enrolment();
        return settings.isEmpty()
                ? Optional.empty()
                : Optional.of(new Enrolment(
                        settings.get(),
                        new Applicant(
                                () -> HostIdentity.hostname(config),
                                settings.get().proof(),
                                new InstanceIdentity(HostMetadata.ofInstance())),
                        InstantSource.system(),
                        new SecureRandom(),
                        new TimedWakeup(),
                        LIMIT));
    }

    /**
     * Starts to enrol and to renew.
     *
     * @param enrolled runs when the host has a certificate, once without an exception
     * @param again runs when it has enrolled again, because controllers did not accept its certificate or it expired
     */
    public void start(Runnable enrolled, Runnable again, UnexpectedFailures failures) {
        thread = Thread.ofVirtual().name("enrolment").start(() -> run(enrolled, again, failures));
    }

    private void run(Runnable enrolled, Runnable again, UnexpectedFailures failures) {
        try {
            while (true) {
                boolean joining = joins(clock.instant());
                Duration wait = guarded(failures);
                failures.guarded(() -> report(joining, enrolled, again)).run();
                Duration longest = joins(clock.instant()) ? LONGEST_WAIT_FOR_TOKEN : LONGEST_WAIT;
                wakeup.await(wait.compareTo(longest) < 0 ? wait : longest);
            }
        } catch (InterruptedException e) {
            // close() interrupts this thread
        }
    }

    private void report(boolean joining, Runnable enrolled, Runnable again) {
        if (!begun && certificate != null) {
            enrolled.run();
            begun = true;
        } else if (joining && !joins(clock.instant())) {
            again.run();
        }
    }

    private Duration guarded(UnexpectedFailures failures) {
        try {
            return turn();
        } catch (Throwable e) {
            failures.caught(e);
            return LONGEST_WAIT;
        }
    }

    /** Does what is due now; returns the time until something is due. */
    Duration turn() throws IOException {
        Instant now = clock.instant();
        StoredCertificate held = certificate;
        Duration wait =
                held == null || joins(now) ? joining.turn(renewal.acceptsKeyOf(held), now) : renewal.turn(held, now);
        if (wait.isZero()) {
            certificate = state.certificate().orElse(null);
        }
        return wait;
    }

    /** Whether the host has no certificate that controllers accept. */
    private boolean joins(Instant now) {
        StoredCertificate held = certificate;
        return held == null || held.expired(now) || !renewal.accepts(held);
    }

    /** Requests certificates over the next stream, which has the certificate that is in use now. */
    public CertificateExchange exchange() {
        return renewal.of(Optional.ofNullable(certificate));
    }

    @Override
    public void expose(Exposition out) {
        StoredCertificate held = certificate;
        var expiry = out.gauge(
                "mesosiam_agent_certificate_expiry_seconds",
                "Time until the certificate in use expires; negative after it; no sample before the host is enrolled.");
        if (held != null) {
            expiry.sample(Duration.between(clock.instant(), held.until()).toSeconds());
        }
        joining.expose(out);
        renewal.expose(out);
    }

    @Override
    public void close() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            try {
                boolean ignored = running.join(STOP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
