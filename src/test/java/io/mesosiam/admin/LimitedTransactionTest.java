package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TimeLimit;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LimitedTransactionTest {
    private static final Duration SHORT = Duration.ofMillis(1);

    private final CompletableFuture<String> database = new CompletableFuture<>();
    private final Uni<String> transaction = Uni.createFrom().emitter(emitter -> {
        var unused = database.whenComplete((result, failure) -> {
            if (failure == null) {
                emitter.complete(result);
            } else {
                emitter.fail(failure);
            }
        });
    });

    @Test
    void answerInTimeIsPassedOn() {
        LimitedTransaction limited = new LimitedTransaction(TimeLimit.seconds(10));
        database.complete("stored");

        assertThat(limited.mayCommit()).isTrue();
        assertThat(result(limited)).isEqualTo("stored");
    }

    @Test
    void transactionWhoseRequestWaitsNoLongerIsNotCommitted() {
        LimitedTransaction limited = new LimitedTransaction(SHORT);

        assertThatThrownBy(() -> result(limited))
                .isInstanceOf(AdministrationAway.class)
                .hasMessageContaining("nothing has changed");
        assertThat(limited.mayCommit()).isFalse();
    }

    @Test
    void outcomeOfACommitWithoutAnAnswerIsNotKnown() {
        LimitedTransaction limited = new LimitedTransaction(SHORT);
        assertThat(limited.mayCommit()).isTrue();

        assertThatThrownBy(() -> result(limited))
                .isInstanceOf(AdministrationAway.class)
                .hasMessageContaining("not known whether the change is stored");
    }

    @Test
    void outcomeOfACommitWhoseConnectionIsLostIsNotKnown() {
        LimitedTransaction limited = new LimitedTransaction(TimeLimit.seconds(10));
        assertThat(limited.mayCommit()).isTrue();
        database.completeExceptionally(new IOException("Connection reset"));

        assertThatThrownBy(() -> result(limited)).hasMessageContaining("not known whether the change is stored");
    }

    @Test
    void connectionThatIsLostBeforeTheCommitChangesNothing() {
        LimitedTransaction limited = new LimitedTransaction(TimeLimit.seconds(10));
        database.completeExceptionally(new IOException("Connection reset"));

        assertThatThrownBy(() -> result(limited)).hasMessageContaining("nothing has changed");
    }

    @Test
    void otherFailureIsPassedOn() {
        LimitedTransaction limited = new LimitedTransaction(TimeLimit.seconds(10));
        database.completeExceptionally(new IllegalArgumentException("wrong"));

        assertThatThrownBy(() -> result(limited)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A connection whose statement has no answer yet must not go back to the pool. */
    @Test
    void transactionIsNotCancelledWhenItsRequestWaitsNoLonger() {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        CompletableFuture<String> answered = new CompletableFuture<>();
        Uni<String> noted = transaction
                .onCancellation()
                .invoke(() -> cancelled.complete(null))
                .invoke(answered::complete);

        assertThatThrownBy(
                        () -> new LimitedTransaction(SHORT).run(noted).await().atMost(TimeLimit.seconds(20)))
                .isInstanceOf(AdministrationAway.class);
        database.complete("late");

        assertThat(answered).isCompletedWithValue("late");
        assertThat(cancelled).isNotDone();
    }

    private String result(LimitedTransaction limited) {
        return limited.run(transaction).await().atMost(TimeLimit.seconds(20));
    }
}
