package io.mesosiam.agent.serve;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.serve.ConnectionShares.Held;
import io.mesosiam.agent.serve.ConnectionShares.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnectionSharesTest {
    private static final List<Use> USES = List.of(Use.SILENT, Use.WAITING, Use.ANSWERING);

    private int next;

    @Test
    void nothingIsClosedBelowTheLimit() {
        assertThat(ConnectionShares.beyond(of("a", 10, Use.SILENT), 10)).isEmpty();
    }

    @Test
    void onlyTheLargestSourceLosesConnections() {
        List<Held<Integer>> open = of("flood", 300, Use.ANSWERING);
        open.addAll(of("quiet", 2, Use.SILENT));

        assertThat(ConnectionShares.beyond(open, 266)).hasSize(36).allMatch(held -> held.source()
                .equals("flood"));
    }

    @Test
    void leastUsedThenIdlestConnectionsOfASourceAreClosedFirst() {
        Held<Integer> answering = new Held<>(1, "a", Use.ANSWERING, Duration.ofSeconds(9));
        Held<Integer> fresh = new Held<>(2, "a", Use.WAITING, Duration.ofMillis(1));
        Held<Integer> old = new Held<>(3, "a", Use.WAITING, Duration.ofSeconds(3));
        Held<Integer> silent = new Held<>(4, "a", Use.SILENT, Duration.ZERO);

        assertThat(ConnectionShares.beyond(List.of(answering, fresh, old, silent), 0))
                .containsExactly(silent, old, fresh, answering);
    }

    @Test
    void betweenEqualSourcesTheIdlestConnectionIsClosed() {
        Held<Integer> idle = new Held<>(1, "a", Use.WAITING, Duration.ofSeconds(3));
        Held<Integer> used = new Held<>(2, "b", Use.WAITING, Duration.ofSeconds(1));

        assertThat(ConnectionShares.beyond(List.of(used, idle), 1)).containsExactly(idle);
    }

    /** Max-min fairness: a source that keeps fewer connections than another one has lost none. */
    @Test
    void sourceLosesNothingWhileAnotherKeepsMore() {
        Random random = new Random(8);
        for (int round = 0; round < 500; round++) {
            List<Held<Integer>> open = new ArrayList<>();
            int sources = 1 + random.nextInt(70);
            for (int i = 0; i < sources; i++) {
                open.addAll(of("source " + i, random.nextInt(20), USES.get(random.nextInt(3))));
            }
            int most = random.nextInt(200);

            List<Held<Integer>> ended = ConnectionShares.beyond(open, most);

            assertThat(ended).doesNotHaveDuplicates().hasSize(Math.max(0, open.size() - most));
            List<Held<Integer>> kept = new ArrayList<>(open);
            kept.removeAll(ended);
            Map<String, Long> before = count(open);
            Map<String, Long> after = count(kept);
            long largest =
                    after.values().stream().mapToLong(Long::longValue).max().orElse(0);
            before.forEach((source, had) -> {
                long has = after.getOrDefault(source, 0L);
                assertThat(has == had || has >= largest - 1)
                        .as("%s had %d and keeps %d, the largest keeps %d", source, had, has, largest)
                        .isTrue();
            });
        }
    }

    private static Map<String, Long> count(List<Held<Integer>> open) {
        return open.stream().collect(groupingBy(Held::source, counting()));
    }

    private List<Held<Integer>> of(String source, int count, Use use) {
        List<Held<Integer>> held = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            held.add(new Held<>(next++, source, use, Duration.ofMillis(next % 7)));
        }
        return held;
    }
}
