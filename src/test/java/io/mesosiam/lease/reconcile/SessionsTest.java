package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Session;
import io.mesosiam.secret.Secret;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final Instant END = Instant.parse("2026-01-01T01:00:00Z");
    private static final LeaseId A = new LeaseId(new UUID(0, 1));
    private static final LeaseId B = new LeaseId(new UUID(0, 2));

    private final Sessions sessions = new Sessions();

    @Test
    void sessionIsZeroedWhenItsLeaseDropsIt() {
        Session session = session();
        sessions.put(A, "hash", session);

        sessions.drop(A);

        assertThat(isZeroed(session)).isTrue();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void sharedSessionIsZeroedWhenTheLastLeaseDropsIt() {
        Session session = session();
        sessions.put(A, "hash", session);
        sessions.put(B, "hash", session);

        sessions.drop(A);
        assertThat(isZeroed(session)).isFalse();

        sessions.drop(B);
        assertThat(isZeroed(session)).isTrue();
    }

    @Test
    void replacedSessionIsZeroed() {
        Session before = session();
        Session after = session();
        sessions.put(A, "hash", before);

        sessions.put(A, "hash", after);

        assertThat(isZeroed(before)).isTrue();
        assertThat(isZeroed(after)).isFalse();
    }

    @Test
    void sessionThatIsPutAgainStays() {
        Session session = session();
        sessions.put(A, "hash", session);

        sessions.put(A, "hash", session);

        assertThat(isZeroed(session)).isFalse();
    }

    @Test
    void sessionIsNotZeroedWhileARequestForItsIdentityIsPending() {
        Session session = session();
        sessions.requesting("hash");
        sessions.requesting("hash");
        sessions.put(A, "hash", session);
        sessions.answered("hash");

        sessions.drop(A);
        assertThat(isZeroed(session)).isFalse();

        sessions.put(B, "hash", session);
        sessions.answered("hash");
        assertThat(isZeroed(session)).isFalse();

        sessions.drop(B);
        assertThat(isZeroed(session)).isTrue();
    }

    @Test
    void unneededSessionIsZeroed() {
        Session session = session();
        sessions.requesting("hash");

        sessions.discard("hash", session);
        sessions.answered("hash");

        assertThat(isZeroed(session)).isTrue();
    }

    private static Session session() {
        return new Session("AKIAFAKE", Secret.of("secret"), Secret.of("token"), END);
    }

    private static boolean isZeroed(Session session) {
        return session.secretAccessKey().reveal()[0] == 0
                && session.sessionToken().reveal()[0] == 0;
    }
}
