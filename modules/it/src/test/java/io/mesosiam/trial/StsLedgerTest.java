package io.mesosiam.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.sts.IssuedSession;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StsLedgerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final TrialTask first = launch(0);

    private static TrialTask launch(int seconds) {
        return new TrialTask(
                new TaskKey("f", "a-1"), "s", "container-" + seconds, Workload.role('a'), START.plusSeconds(seconds));
    }

    /** Sessions of 90 s of task {@code a-1}, issued at these seconds. */
    private static List<IssuedSession> sessions(int... seconds) {
        return IntStream.of(seconds)
                .mapToObj(at -> new IssuedSession(
                        "k" + at, Workload.role('a'), "a-1@f", START.plusSeconds(at), START.plusSeconds(at + 90)))
                .toList();
    }

    private static StsLedger.Calls count(int from, List<IssuedSession> sessions, TrialTask... launches) {
        return StsLedger.since(START.plusSeconds(from), sessions, Map.of("a-1", List.of(launches)));
    }

    @Test
    void firstSessionAndRenewalsAreNeeded() {
        assertThat(count(0, sessions(0, 48, 108), first)).isEqualTo(new StsLedger.Calls(3, List.of()));
    }

    @Test
    void renewalBeforeItsTimeIsBeyondTheMinimum() {
        assertThat(count(0, sessions(0, 30), first).beyond()).hasSize(1);
    }

    @Test
    void sessionOfAnotherLaunchIsNeeded() {
        first.end(START.plusSeconds(9));

        assertThat(count(0, sessions(0, 11), first, launch(10)).needed()).isEqualTo(2);
    }

    @Test
    void sessionOfAnEndedTaskIsBeyondTheMinimum() {
        first.end(START.plusSeconds(10));

        assertThat(count(0, sessions(0, 60), first).beyond()).hasSize(1);
    }

    @Test
    void earlierSessionsCountOnlyForLaterOnes() {
        assertThat(count(20, sessions(0, 30), first))
                .isEqualTo(new StsLedger.Calls(
                        0,
                        List.of(new StsLedger.Beyond(
                                sessions(30).getFirst(), Optional.of(sessions(0).getFirst())))));
    }
}
