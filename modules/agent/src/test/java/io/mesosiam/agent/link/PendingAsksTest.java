package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage.Ask;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PendingAsksTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration PENDING = Duration.ofSeconds(2);

    private final PendingAsks asks = new PendingAsks(PENDING);

    @Test
    void askIsSentOnceWhileItIsPending() {
        assertThat(asks.add(new Ask("task", "default"), NOW)).isTrue();
        assertThat(asks.add(new Ask("task", "default"), NOW.plus(PENDING))).isFalse();
        assertThat(asks.add(new Ask("task", "default"), NOW.plus(PENDING).plusMillis(1)))
                .isTrue();
    }

    @Test
    void containersNestedInOneOutermostContainerShareItsPendingAsks() {
        for (int i = 0; i < 64; i++) {
            assertThat(asks.add(new Ask("pod/" + i % 8, "name-" + i), NOW)).isTrue();
        }

        assertThat(asks.add(new Ask("pod/9", "default"), NOW)).isFalse();
        assertThat(asks.add(new Ask("pod", "default"), NOW)).isFalse();
        assertThat(asks.add(new Ask("other", "default"), NOW)).isTrue();
        assertThat(asks.at(NOW)).hasSize(65);
    }

    @Test
    void outermostContainerMayAskAgainWhenItsAsksAreNoLongerPending() {
        for (int i = 0; i < 64; i++) {
            boolean _ = asks.add(new Ask("pod/a", "name-" + i), NOW.plusMillis(i));
        }
        Instant later = NOW.plus(PENDING).plusMillis(2);

        assertThat(asks.add(new Ask("pod/b", "one"), later)).isTrue();
        assertThat(asks.add(new Ask("pod/b", "two"), later)).isTrue();
        assertThat(asks.add(new Ask("pod/b", "three"), later)).isFalse();
    }

    /** A stream that can't queue a message ends, so that the next one would end in the same way. */
    @Test
    void pendingAsksOfAllContainersFitIntoTheQueueOfANewStream() {
        for (int i = 0; i < ControllerStream.MAX_WAITING; i++) {
            boolean _ = asks.add(new Ask("task-" + i, "default"), NOW);
        }

        assertThat(asks.at(NOW)).hasSizeBetween(1000, ControllerStream.MAX_WAITING - 100);
        assertThat(asks.add(new Ask("late", "default"), NOW)).isFalse();
    }
}
