package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.mesosiam.clock.PeerClocks;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.SessionSource.SessionOutcome.Unavailable;
import io.mesosiam.policy.CredentialName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** Sessions of an STS that can fail, with credentials that open nothing. */
final class SessionsFixture implements AutoCloseable {
    static final String KEY_ID = "ASIAFAKE00000000TEST";
    static final String SECRET_KEY = "fake-secret-access-key-that-opens-nothing";
    static final String TOKEN = "fake-session-token-that-opens-nothing";

    final FaultySts sts = new FaultySts();
    final PeerClocks peers = new PeerClocks(InstantSource.system(), System::nanoTime);
    final StsSessions sessions = sessions(sts.uri(), FaultySts.CREDENTIALS, peers);

    @Override
    public void close() {
        sessions.close();
        sts.close();
    }

    SessionIdentity identity(String taskId, Launches.Gives gives) {
        return sessions.identity(gives.entitlement(), CredentialName.DEFAULT, task(taskId));
    }

    static StsSessions sessions(URI endpoint, AwsCredentialsProvider base) {
        return sessions(endpoint, base, new PeerClocks(InstantSource.system(), System::nanoTime));
    }

    static StsSessions sessions(URI endpoint, AwsCredentialsProvider base, PeerClocks peers) {
        return new StsSessions(
                new TestStsConfig(endpoint),
                base,
                InstantSource.system(),
                peers,
                new Random(7),
                new SimpleMeterRegistry());
    }

    static void assertUnavailable(SessionOutcome outcome, String reason) {
        assertThat(outcome).asInstanceOf(type(Unavailable.class)).satisfies(unavailable -> {
            assertThat(unavailable.reason()).contains(reason);
            assertThat(unavailable.retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
        });
    }
}
