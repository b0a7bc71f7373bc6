package io.mesosiam.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Turns turns = new Turns(1, TimeLimit.seconds(10), threads);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void turnIsGivenBackWhenTheWorkEndsOrFails() {
        assertThat(run(turns, Uni.createFrom().item("done"))).isEqualTo("done");
        assertThat(run(turns, Uni.createFrom().<String>failure(new IllegalStateException("failed"))))
                .isEqualTo("failed");

        assertThat(turns.free()).isEqualTo(1);
    }

    @Test
    void workThatGetsNoTurnInTimeHasTheOtherOutcome() {
        Turns none = new Turns(0, Duration.ofMillis(1), threads);

        assertThat(run(none, Uni.createFrom().item("done"))).isEqualTo("late");
    }

    @Test
    void turnIsGivenBackAlsoIfTheWorkIsCancelledWhileItWaits() {
        CompletableFuture<String> first = new CompletableFuture<>();
        Cancellable holder = start(Uni.createFrom().completionStage(first));
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> turns.free() == 0);
        Cancellable waiting = start(Uni.createFrom().item("done"));
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(turns::isAwaited);

        waiting.cancel();
        holder.cancel();

        assertThat(run(turns, Uni.createFrom().item("next"))).isEqualTo("next");
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> turns.free() == 1);
    }

    private Cancellable start(Uni<String> work) {
        return turns.run(() -> work, () -> "late").subscribe().with(_ -> {}, _ -> {});
    }

    private static String run(Turns turns, Uni<String> work) {
        return turns.run(() -> work, () -> "late")
                .onFailure()
                .recoverWithItem(failure -> String.valueOf(failure.getMessage()))
                .await()
                .atMost(TimeLimit.seconds(10));
    }
}
