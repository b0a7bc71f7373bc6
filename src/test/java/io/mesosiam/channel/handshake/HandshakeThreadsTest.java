package io.mesosiam.channel.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeThreadsTest {
    private final List<Runnable> submitted = new ArrayList<>();
    private final HandshakeThreads threads = new HandshakeThreads(new Later());
    private final List<String> ran = new ArrayList<>();

    @Test
    void tasksOfAwaitedConnectionsComeFirstAndTheRestHaveEachFourthTurn() {
        HandshakeThreads.Tasks awaited = threads.tasks();
        awaited.awaited(true);
        HandshakeThreads.Tasks rest = threads.tasks();
        for (int i = 0; i < 3; i++) {
            String name = "rest" + i;
            rest.execute(() -> ran.add(name));
        }
        for (int i = 0; i < 5; i++) {
            String name = "awaited" + i;
            awaited.execute(() -> ran.add(name));
        }

        submitted.forEach(Runnable::run);

        assertThat(ran)
                .containsExactly("awaited0", "awaited1", "awaited2", "rest0", "awaited3", "awaited4", "rest1", "rest2");
    }

    /** Runs nothing by itself. */
    private final class Later extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            submitted.add(task);
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
