package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteTurnsTest {
    private final List<CompletableFuture<String>> begun = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"8, 6", "3, 1", "2, 1", "1, 1"})
    void writesLeaveTwoConnectionsAndHaveAtLeastOne(int connections, int atATime) {
        WriteTurns turns = new WriteTurns(connections);
        for (int i = 0; i < 10; i++) {
            CompletableFuture<String> unused = write(turns);
        }

        assertThat(begun).hasSize(atATime);
    }

    @ParameterizedTest
    @CsvSource({"8, 3", "5, 1", "1, 1"})
    void writesOfManyChangesHaveHalfOfTheTurns(int connections, int atATime) {
        WriteTurns turns = WriteTurns.ofMany(connections);
        for (int i = 0; i < 10; i++) {
            CompletableFuture<String> unused = write(turns);
        }

        assertThat(begun).hasSize(atATime);
    }

    @Test
    void nextWriteBeginsWhenAnEarlierOneHasEndedOrFailed() {
        WriteTurns turns = new WriteTurns(1);
        CompletableFuture<String> first = write(turns);
        CompletableFuture<String> second = write(turns);
        CompletableFuture<String> third = write(turns);

        begun.getFirst().complete("first");
        assertThat(first).isCompletedWithValue("first");
        assertThat(begun).hasSize(2);

        begun.get(1).completeExceptionally(new IllegalStateException("refused"));
        assertThat(second).isCompletedExceptionally();
        assertThat(begun).hasSize(3);

        begun.getLast().complete("third");
        assertThat(third).isCompletedWithValue("third");
    }

    private CompletableFuture<String> write(WriteTurns turns) {
        return turns.run(() -> {
                    CompletableFuture<String> work = new CompletableFuture<>();
                    begun.add(work);
                    return Uni.createFrom().completionStage(work);
                })
                .subscribeAsCompletionStage();
    }
}
