package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllRowsTest {
    private final List<Integer> parts = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1000, 1001, 2500})
    void eachRowIsReadOnce(int rows) {
        List<Integer> table = IntStream.range(0, rows).boxed().toList();

        assertThat(read(table)).isEqualTo(table);
    }

    @Test
    void noMoreThanAThousandRowsAreReadAtATime() {
        assertThat(read(IntStream.range(0, 2500).boxed().toList())).hasSize(2500);

        assertThat(parts).containsExactly(1000, 1000, 500);
    }

    private List<Integer> read(List<Integer> table) {
        AllRows<Integer, Integer> rows =
                new AllRows<>(row -> row, (after, most) -> Uni.createFrom().item(part(table, after, most)));
        List<Integer> read = new ArrayList<>();
        return rows.sum(read, (all, part) -> {
                    parts.add(part.size());
                    all.addAll(part);
                    return all;
                })
                .await()
                .indefinitely();
    }

    private static List<Integer> part(List<Integer> table, Optional<Integer> after, int most) {
        return table.stream()
                .filter(row -> after.isEmpty() || row > after.get())
                .limit(most)
                .toList();
    }
}
