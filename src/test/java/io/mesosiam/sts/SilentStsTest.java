package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.SessionsFixture.assertUnavailable;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.SessionSource.SessionOutcome.Issued;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many calls are made while STS doesn't answer. */
class SilentStsTest {
    private static final int MISSED = 8;
    private static final int TRIES = 8;
    private static final int MORE = 12;

    private final SessionsFixture fixture = new SessionsFixture();
    private final FaultySts sts = fixture.sts;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorCompletionService<SessionOutcome> calls = new ExecutorCompletionService<>(threads);

    @BeforeEach
    void miss() {
        sts.fails(503, "ServiceUnavailable", "not now");
        for (int i = 0; i < MISSED; i++) {
            assertUnavailable(request("missed-" + i), "STS failed");
        }
    }

    @AfterEach
    void stop() {
        threads.close();
        fixture.close();
    }

    @Test
    void fewCallsAtATimeFindOutWhetherItAnswersAgain() throws Exception {
        CountDownLatch until = new CountDownLatch(1);
        sts.holds(until);

        start(TRIES + MORE);
        List<SessionOutcome> first = take(MORE);
        until.countDown();
        List<SessionOutcome> tries = take(TRIES);

        assertThat(first).allSatisfy(outcome -> assertUnavailable(outcome, "few calls are made until it does"));
        assertThat(tries).hasOnlyElementsOfType(Issued.class);
        assertThat(sts.requests()).hasSize(MISSED + TRIES);
    }

    @Test
    void allCallsAreMadeOnceItHasAnswered() throws Exception {
        sts.recovers();
        assertThat(request("first")).isInstanceOf(Issued.class);
        CountDownLatch until = new CountDownLatch(1);
        sts.holds(until);

        start(TRIES + MORE);
        until.countDown();

        assertThat(take(TRIES + MORE)).hasOnlyElementsOfType(Issued.class);
    }

    private SessionOutcome request(String task) {
        return fixture.sessions.session(fixture.identity(task, gives()), true);
    }

    private void start(int number) {
        for (int i = 0; i < number; i++) {
            String task = "job-" + i;
            var unused = calls.submit(() -> request(task));
        }
    }

    private List<SessionOutcome> take(int number) throws Exception {
        List<SessionOutcome> taken = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            taken.add(calls.take().get());
        }
        return taken;
    }
}
