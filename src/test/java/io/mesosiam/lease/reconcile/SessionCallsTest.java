package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The order in which requests for sessions are sent; one runs at a time. */
class SessionCallsTest {
    private final List<String> asked = new ArrayList<>();
    private final List<Runnable> started = new ArrayList<>();
    private final List<LeaseId> answers = new ArrayList<>();

    private final SessionSource source = new SessionSource() {
        @Override
        public SessionIdentity identity(Entitlement entitlement, CredentialName name, LaunchedTask task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SessionOutcome session(SessionIdentity identity, boolean waiting) {
            asked.add(identity.sessionName());
            return new SessionOutcome.Unavailable("not here", Optional.empty());
        }
    };

    private final SessionCalls calls = new SessionCalls(source, started::add, 1, (lease, _, _) -> answers.add(lease));

    private LeaseId request(String name, boolean urgent) {
        LeaseId lease = new LeaseId(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
        calls.request(lease, identity(name), urgent);
        return lease;
    }

    private static SessionIdentity identity(String name) {
        return new SessionIdentity(
                new IamRole("arn:aws:iam::123456789012:role/r"),
                name,
                Optional.empty(),
                List.of(),
                new TreeMap<>(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofHours(1));
    }

    private void answerOne() {
        started.removeFirst().run();
        calls.answered(answers.removeFirst());
    }

    @Test
    void requestsThatTasksWaitForComeFirstAndRenewalsHaveEveryFourthTurn() {
        request("first", true);
        for (int i = 0; i < 3; i++) {
            request("renewal-" + i, false);
        }
        for (int i = 0; i < 7; i++) {
            request("task-" + i, true);
        }

        while (!started.isEmpty()) {
            answerOne();
        }

        assertThat(asked)
                .containsExactly(
                        "first",
                        "task-0",
                        "task-1",
                        "task-2",
                        "renewal-0",
                        "task-3",
                        "task-4",
                        "task-5",
                        "renewal-1",
                        "task-6",
                        "renewal-2");
    }

    @Test
    void cancelledRequestIsNotSent() {
        request("first", true);
        LeaseId task = request("task", true);
        LeaseId renewal = request("renewal", false);
        request("next", true);

        assertThat(calls.cancel(task)).isTrue();
        assertThat(calls.cancel(renewal)).isTrue();
        assertThat(calls.cancel(renewal)).isFalse();
        assertThat(calls.queued()).isEqualTo(1);
        while (!started.isEmpty()) {
            answerOne();
        }

        assertThat(asked).containsExactly("first", "next");
    }
}
