package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ProviderSearchTest {
    private final AtomicBoolean known = new AtomicBoolean();
    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void knownProviderIsNotLookedFor() {
        known.set(true);
        try (ProviderSearch search = search(() -> {
            throw new AssertionError("looked for");
        })) {
            search.start();

            assertThat(search.isKnown()).isTrue();
        }
        assertThat(attempts).hasValue(0);
    }

    @Test
    void failuresAreFollowedByAnotherAttempt() {
        try (ProviderSearch search = search(() -> {
            if (attempts.get() < 3) {
                throw new IllegalStateException("away");
            }
            known.set(true);
        })) {
            search.start();

            Awaitility.await().atMost(TimeLimit.seconds(20)).until(search::isKnown);
        }
        assertThat(attempts).hasValue(3);
    }

    private ProviderSearch search(Runnable attempt) {
        return new ProviderSearch(
                known::get,
                () -> Uni.createFrom().voidItem().invoke(() -> {
                    int unused = attempts.incrementAndGet();
                    attempt.run();
                }),
                Duration.ofMillis(1));
    }
}
