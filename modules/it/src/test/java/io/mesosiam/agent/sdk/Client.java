package io.mesosiam.agent.sdk;

import io.mesosiam.agent.sdk.SdkProcess.Fetched;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** An SDK in its container on its host, and the trials with it. */
final class Client {
    static final Duration HOUR = Duration.ofMinutes(60);
    /** Remaining lifetimes at which a client is called again: away from the thresholds of SDKs, jitter included. */
    private static final List<Duration> LIVES =
            List.of(Duration.ofMinutes(16), Duration.ofMinutes(9), Duration.ofMinutes(4), Duration.ofSeconds(90));

    private static final Duration SHORT = Duration.ofSeconds(4);
    /** Some SDKs return the old credentials once more, and fetch in the background. */
    private static final int TRIES = 3;

    private static final Duration BETWEEN = Duration.ofMillis(600);

    private final TrialHost host;
    private final TrialContainer container;
    private final SdkProcess sdk;

    Client(TrialHost host, TrialContainer container, SdkProcess sdk) {
        this.host = host;
        this.container = container;
        this.sdk = sdk;
    }

    Outcome run(Trial trial) throws Exception {
        return switch (trial) {
            case ROLE -> role();
            case HELD -> held();
            case DENIED -> denied();
            case PENDING_300 -> pending(Duration.ofMillis(300));
            case PENDING_700 -> pending(Duration.ofMillis(700));
            case PENDING_3000 -> pending(Duration.ofSeconds(3));
            case REFRESH -> refresh();
            case EXPIRY -> expiry();
            case RESTART, V1_OFF -> fresh();
        };
    }

    private Outcome role() throws Exception {
        String key = host.serve(container, HOUR);
        return measured(key, sdk::first);
    }

    private Outcome held() throws Exception {
        String key = host.serve(container, HOUR);
        sdk.first();
        return measured(key, sdk::again);
    }

    private Outcome denied() throws Exception {
        host.deny(container);
        return measured("", sdk::first);
    }

    private Outcome pending(Duration delay) throws Exception {
        host.awaitNextAskAllowed(container);
        String key = host.serveAfterAsk(container, delay, HOUR);
        return measured(key, sdk::first);
    }

    /** The longest remaining lifetime at which the client took the new session. */
    private Outcome refresh() throws Exception {
        int before = container.asks();
        for (Duration life : LIVES) {
            host.serve(container, life);
            sdk.first();
            String renewed = host.serve(container, HOUR);
            for (int i = 0; i < TRIES; i++) {
                Fetched again = sdk.again();
                if (again.has(renewed)) {
                    return new Outcome(text(life), container.asks() - before, again.took(), again.error());
                }
                host.until(Instant.now().plus(BETWEEN));
            }
        }
        return new Outcome("never", container.asks() - before, Duration.ZERO, "");
    }

    private static String text(Duration life) {
        return life.toSecondsPart() == 0 ? life.toMinutes() + " min" : life.toSeconds() + " s";
    }

    private Outcome expiry() throws Exception {
        Instant end = Instant.now().plus(SHORT);
        String old = host.serve(container, SHORT);
        sdk.first();
        host.until(end);
        Outcome after = measured(old, sdk::again);
        String key = host.serve(container, HOUR);
        Fetched recovered = sdk.again();
        String then = recovered.has(key) ? "role" : recovered.has(old) ? "expired" : "none";
        return new Outcome(
                (after.result().equals("role") ? "expired" : after.result()) + " then " + then,
                after.asks(),
                after.took(),
                after.error());
    }

    /** Fetches with a new client of the SDK. */
    private Outcome fresh() throws Exception {
        return measured(host.keyOf(container), sdk::first);
    }

    /** A fetch. */
    private interface Fetch {
        Fetched run() throws Exception;
    }

    private Outcome measured(String key, Fetch fetch) throws Exception {
        int before = container.asks();
        Fetched fetched = fetch.run();
        String result = fetched.accessKeyId()
                .map(got -> got.equals(key) ? "role" : "another")
                .orElse("none");
        return new Outcome(result, container.asks() - before, fetched.took(), fetched.error());
    }
}
