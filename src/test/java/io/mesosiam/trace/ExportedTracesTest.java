package io.mesosiam.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.mesosiam.fakes.TraceReceiver;
import io.mesosiam.fakes.TraceReceiver.Span;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.secret.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExportedTracesTest {
    private static final MesosAgentId HOST = new MesosAgentId("S1");

    private static final SessionOutcome ISSUED = new SessionOutcome.Issued(new Session(
            "ASIAFAKE", Secret.of("secret-key"), Secret.of("session-token"), Instant.parse("2090-01-01T00:00:00Z")));

    private final TraceReceiver receiver = TraceReceiver.start();

    @AfterEach
    void stop() {
        receiver.close();
    }

    @Test
    void oneSessionIsOneTraceWithItsStepsInOrder() {
        Lease lease = lease("web-1");
        LeaseSteps steps = traces(100);

        steps.arrived(Set.of(lease.launch()));
        String traceparent = upToSent(steps, lease).orElseThrow();
        steps.applied(HOST, lease.id().toString());
        steps.written(lease.id(), Duration.ZERO);
        Traces.close(steps);

        List<Span> spans = inOrder();
        assertThat(spans)
                .extracting(Span::name)
                // the journal writes beside the way to the host
                .containsExactly("lease", "mesos.event", "plan", "sts.assume_role", "push", "ack", "journal");
        Span root = spans.getFirst();
        assertThat(spans).extracting(Span::trace).containsOnly(root.trace());
        assertThat(spans.subList(1, spans.size())).extracting(Span::parent).containsOnly(root.id());
        assertThat(root.parent()).isEmpty();
        assertThat(root.end()).isEqualTo(spans.get(5).end());
        assertThat(traceparent).isEqualTo("00-" + root.trace() + "-" + root.id() + "-01");
        assertThat(root.attributes())
                .containsOnly(
                        entry("mesosiam.action", "issue"),
                        entry("mesosiam.lease_id", lease.id().toString()),
                        entry("mesosiam.credential_name", "default"),
                        entry("mesosiam.iam_role_arn", "arn:aws:iam::123456789012:role/web"),
                        entry("mesosiam.policy_id", lease.policy().toString()),
                        entry("mesosiam.framework_id", "F"),
                        entry("mesosiam.task_id", "web-1"),
                        entry("mesosiam.mesos_agent_id", "S1"));
        assertThat(spans.toString()).doesNotContain("secret-key", "session-token", "ASIAFAKE", "session-name");
    }

    @Test
    void hostileTaskIdIsAnAttributeAndNothingElse() {
        String hostile = "x\", \"name\": \"ack\" \u2028" + "a".repeat(400);
        Lease lease = lease(hostile);
        LeaseSteps steps = traces(100);

        var unused = upToSent(steps, lease);
        steps.applied(HOST, lease.id().toString());
        Traces.close(steps);

        assertThat(inOrder()).extracting(Span::name).containsExactly("lease", "plan", "sts.assume_role", "push", "ack");
        assertThat(inOrder().getFirst().attributes()).containsEntry("mesosiam.task_id", hostile);
    }

    @Test
    void confirmationOfAnotherHostEndsNothing() {
        Lease lease = lease("web-1");
        LeaseSteps steps = traces(100);
        var unused = upToSent(steps, lease);

        steps.applied(new MesosAgentId("S2"), lease.id().toString());
        steps.applied(HOST, "no id of a lease");
        Traces.close(steps);

        assertThat(inOrder()).extracting(Span::name).doesNotContain("ack").contains("lease");
    }

    @Test
    void refusedSessionEndsItsTraceAsFailed() {
        Lease lease = lease("web-1");
        LeaseSteps steps = traces(100);
        steps.planning();
        steps.requested(lease, true);
        steps.planned(lease.launch());
        steps.answered(lease.id(), new SessionOutcome.Refused("AccessDenied"));
        assertThat(steps.sent(lease)).isEmpty();
        Traces.close(steps);

        assertThat(inOrder())
                .extracting(Span::name, Span::failed)
                .containsExactly(tuple("lease", true), tuple("plan", false), tuple("sts.assume_role", true));
        assertThat(inOrder().getFirst().attributes()).containsEntry("mesosiam.action", "renew");
    }

    @Test
    void leaseThatIsNotSampledHasNoTrace() {
        Lease lease = lease("web-1");
        LeaseSteps steps = traces(0);

        assertThat(upToSent(steps, lease)).isEmpty();
        steps.applied(HOST, lease.id().toString());
        Traces.close(steps);

        assertThat(receiver.spans()).isEmpty();
    }

    @Test
    void nothingIsTracedWithoutAReceiver() {
        assertThat(Traces.of(config(Optional.empty(), 100), "1", "c")).isSameAs(LeaseSteps.NONE);
    }

    private static Optional<String> upToSent(LeaseSteps steps, Lease lease) {
        steps.planning();
        steps.requested(lease, false);
        steps.planned(lease.launch());
        steps.answered(lease.id(), ISSUED);
        return steps.sent(lease);
    }

    private static Lease lease(String task) {
        Instant now = Instant.now();
        return new Lease(
                new LeaseId(UUID.randomUUID()),
                new LeaseKey(TestLaunches.launch("F", task, HOST, 1), CredentialName.DEFAULT),
                new IamRole("arn:aws:iam::123456789012:role/web"),
                TestLaunches.POLICY,
                "ab".repeat(32),
                "session-name",
                true,
                Optional.empty(),
                now,
                Optional.empty(),
                new LeaseState.Active(now.plusSeconds(3600), now.plusSeconds(2000), 0),
                1);
    }

    private LeaseSteps traces(int percent) {
        return Traces.of(config(Optional.of(receiver.uri()), percent), "1.2.3", "controller-1");
    }

    private List<Span> inOrder() {
        return receiver.spans().stream()
                .sorted(Comparator.comparingLong(Span::start)
                        .thenComparing(span -> !span.parent().isEmpty()))
                .toList();
    }

    private static TraceConfig config(Optional<URI> endpoint, int percent) {
        return new TraceConfig() {
            @Override
            public Optional<URI> endpoint() {
                return endpoint;
            }

            @Override
            public int percent() {
                return percent;
            }
        };
    }
}
