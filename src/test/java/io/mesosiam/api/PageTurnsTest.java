package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Pages of lists in memory are made one at a time. */
class PageTurnsTest {
    @Test
    void onePageIsMadeAtATime() throws Exception {
        PageTurns turns = new PageTurns(Duration.ofMinutes(5));
        AtomicInteger made = new AtomicInteger();
        ConcurrentLinkedQueue<Integer> most = new ConcurrentLinkedQueue<>();
        CountDownLatch requested = new CountDownLatch(50);
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                Future<?> unused = callers.submit(() -> {
                    requested.countDown();
                    return turns.take(() -> {
                        most.add(made.incrementAndGet());
                        await(requested);
                        return made.decrementAndGet();
                    });
                });
            }
        }
        assertThat(most).hasSize(50).containsOnly(1);
    }

    @Test
    void aPageThatFailsLeavesTheNextOneItsTurn() {
        PageTurns turns = new PageTurns(Duration.ofMinutes(5));
        assertThatThrownBy(() -> turns.take(() -> {
                    throw new IllegalStateException("no page");
                }))
                .hasMessage("no page");

        assertThat(turns.take(() -> List.of("item"))).containsExactly("item");
    }

    @Test
    void aPageWhoseTurnDoesNotComeInTimeIsRefused() throws Exception {
        PageTurns turns = new PageTurns(Duration.ofMillis(1));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = callers.submit(() -> turns.take(() -> {
                begun.countDown();
                await(refused);
                return "page";
            }));
            begun.await();

            assertThatThrownBy(() -> turns.take(() -> "page"))
                    .isInstanceOf(ProblemException.class)
                    .hasMessage("too many lists or explanations are requested at once; try again");
            refused.countDown();
            assertThat(first.get()).isEqualTo("page");
        }
        assertThat(turns.take(() -> "page")).isEqualTo("page");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
