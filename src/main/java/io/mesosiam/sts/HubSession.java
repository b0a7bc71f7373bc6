package io.mesosiam.sts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.pause.Doubling;
import io.mesosiam.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * The current session of one hub role, and a breaker: after a failure, no call is made for 5 s, doubled with each further
 * failure to at most a minute. A session that has time left is used during that time.
 */
final class HubSession {
    /** A session with less time left is not used. */
    private static final Duration USABLE = Duration.ofMinutes(1);

    private static final Doubling PAUSES = new Doubling(Duration.ofSeconds(5), Duration.ofMinutes(1));

    /** Longer than a call and its queue can take. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(2);

    private final Duration fresh;

    @GuardedBy("this")
    private Instant usedAt;

    @GuardedBy("this")
    private Optional<Held> held = Optional.empty();

    @GuardedBy("this")
    private Optional<Failed> failed = Optional.empty();

    /** @param fresh a session with less time left is replaced */
    HubSession(Duration fresh, Instant now) {
        this.fresh = fresh;
        this.usedAt = now;
    }

    private record Held(AwsSessionCredentials credentials, Instant expiration) {
        boolean hasLeft(Duration time, Instant now) {
            return now.isBefore(expiration.minus(time));
        }
    }

    private record Failed(SessionOutcome.Failure failure, int times, Instant at) {
        /** A time before the failure means that the clock was set back. */
        boolean pauses(Instant now) {
            return !now.isBefore(at) && now.isBefore(at.plus(PAUSES.after(times)));
        }
    }

    /** Returns the session, unless it has to be replaced now. */
    synchronized Optional<AwsSessionCredentials> fresh(Instant now) {
        usedAt = now;
        boolean paused = failed.filter(failure -> failure.pauses(now)).isPresent();
        return held.filter(session -> session.hasLeft(paused ? USABLE : fresh, now))
                .map(Held::credentials);
    }

    /** Returns the session if it can be used although it couldn't be replaced. */
    synchronized Optional<AwsSessionCredentials> usable(Instant now) {
        return held.filter(session -> session.hasLeft(USABLE, now)).map(Held::credentials);
    }

    /** Returns the last failure while the breaker is open. */
    synchronized Optional<SessionOutcome.Failure> pause(Instant now) {
        return failed.filter(failure -> failure.pauses(now)).map(Failed::failure);
    }

    synchronized void answered(SessionOutcome outcome, Instant now) {
        switch (outcome) {
            case SessionOutcome.Issued(Session session) -> {
                held = Optional.of(new Held(credentials(session), session.expiration()));
                failed = Optional.empty();
            }
            case SessionOutcome.Failure failure ->
                failed = Optional.of(
                        new Failed(failure, failed.map(Failed::times).orElse(0) + 1, now));
        }
    }

    /** Forgets the session because STS refuses it. */
    synchronized void refused(AwsSessionCredentials session) {
        held = held.filter(current -> !current.credentials().equals(session));
    }

    /** Whether it has not been used for so long that it can be forgotten. */
    synchronized boolean isIdle(Instant now) {
        return now.isAfter(usedAt.plus(FORGOTTEN_AFTER));
    }

    private static AwsSessionCredentials credentials(Session session) {
        AwsSessionCredentials credentials = AwsSessionCredentials.create(
                session.accessKeyId(), text(session.secretAccessKey()), text(session.sessionToken()));
        session.secretAccessKey().destroy();
        session.sessionToken().destroy();
        return credentials;
    }

    private static String text(Secret secret) {
        return new String(secret.reveal(), StandardCharsets.UTF_8);
    }
}
