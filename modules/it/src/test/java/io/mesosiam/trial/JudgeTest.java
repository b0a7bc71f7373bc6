package io.mesosiam.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.sts.IssuedSession;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = NOW.plusSeconds(90);

    private final Map<String, IssuedSession> issued = new HashMap<>();
    private final ManualClock clock = new ManualClock(NOW);
    private final Judge judge = new Judge(key -> Optional.ofNullable(issued.get(key)), clock);
    private final TrialTask task = task("a-1", "one");

    private static TrialTask task(String id, String container) {
        return new TrialTask(new TaskKey("f", id), "s", container, Workload.role('a'), NOW);
    }

    private Reply issue(String key, char team, String sessionName) {
        issued.put(key, new IssuedSession(key, Workload.role(team), sessionName, NOW, END));
        return new Reply.Credentials(key, END);
    }

    private Judge.Tally judged(TrialTask container, Reply reply) {
        judge.judge(container, reply);
        return judge.tally();
    }

    @Test
    void sessionOfTheTaskIsRight() {
        assertThat(judged(task, issue("k", 'a', "a-1@f"))).isEqualTo(new Judge.Tally(1, 1, 0, 0, 0));
        assertThat(task.isServedSince(NOW.minusSeconds(1))).isTrue();
    }

    @Test
    void sessionOfAnotherRoleIsWrong() {
        assertThat(judged(task, issue("k", 'b', "a-1@f")).wrong()).isEqualTo(1);
    }

    @Test
    void sessionOfAnotherTaskIsWrong() {
        assertThat(judged(task, issue("k", 'a', "a-11@f")).wrong()).isEqualTo(1);
    }

    @Test
    void sessionOfAnotherLaunchOfTheTaskIsWrong() {
        Reply same = issue("k", 'a', "a-1@f");
        judge.judge(task, same);

        assertThat(judged(task("a-1", "two"), same)).isEqualTo(new Judge.Tally(2, 1, 1, 0, 0));
        assertThat(judge.wrongAnswers()).singleElement().asString().contains("container one");
    }

    @Test
    void expiredSessionIsWrong() {
        Reply reply = issue("k", 'a', "a-1@f");
        clock.advance(Duration.ofSeconds(92));

        assertThat(judged(task, reply).wrong()).isEqualTo(1);
    }

    @Test
    void laterExpirationThanTheSessionsIsWrong() {
        issue("k", 'a', "a-1@f");

        assertThat(judged(task, new Reply.Credentials("k", END.plusSeconds(1))).wrong())
                .isEqualTo(1);
    }

    @Test
    void keyThatStsHasNotIssuedIsWrong() {
        assertThat(judged(task, new Reply.Credentials("k", END)).wrong()).isEqualTo(1);
    }

    @Test
    void requestWithoutCredentialsWaitsAtFirstAndIsInterruptedLater() {
        judge.judge(task, new Reply.Nothing("pending"));
        judge.judge(task, issue("k", 'a', "a-1@f"));

        assertThat(judged(task, new Reply.Nothing("pending"))).isEqualTo(new Judge.Tally(3, 1, 0, 1, 1));
    }

    @Test
    void endedTaskMissesNothing() {
        task.end(NOW);

        assertThat(judged(task, new Reply.Nothing("pending")).asked()).isZero();
    }
}
