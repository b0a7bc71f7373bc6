package io.mesosiam.lease.simulation;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Launches, entitlements and decisions for tests. */
public final class TestLaunches {
    public static final PolicyId POLICY = new PolicyId(new UUID(7, 7));
    public static final MesosAgentId HOST = new MesosAgentId("S1");

    private TestLaunches() {}

    public static Launch launch(String task) {
        return launch("F1", task, HOST, 1);
    }

    public static Launch launch(String framework, String task, MesosAgentId host, long sequence) {
        return new Launch(new TaskKey(new FrameworkId(framework), new TaskId(task), host), sequence);
    }

    public static LaunchedTask task(
            Launch launch, TaskState state, Optional<ContainerId> container, Optional<TaskEnd> end) {
        Task task = new Task(
                launch.key(),
                launch.key().task().value(),
                new MesosRole("eng"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                state,
                container);
        return new LaunchedTask(launch, task, true, end);
    }

    /** The same launch with these labels. */
    public static LaunchedTask labelled(LaunchedTask launched, List<Task.Label> labels) {
        Task task = launched.task();
        return new LaunchedTask(
                launched.launch(),
                new Task(
                        task.key(),
                        task.name(),
                        task.role(),
                        task.user(),
                        task.executorId(),
                        task.image(),
                        labels,
                        task.state(),
                        task.container()),
                launched.witnessed(),
                launched.end());
    }

    /** A live or ended lease of the name {@code default}, not bound to a container. */
    public static Lease lease(Launch launch, LeaseState state) {
        return new Lease(
                new LeaseId(UUID.nameUUIDFromBytes(launch.toString().getBytes(StandardCharsets.UTF_8))),
                new LeaseKey(launch, CredentialName.DEFAULT),
                role("a"),
                POLICY,
                "ab".repeat(32),
                "a-session",
                true,
                Optional.empty(),
                Instant.parse("2026-01-01T00:00:00Z"),
                Optional.empty(),
                state,
                0);
    }

    public static IamRole role(String name) {
        return new IamRole("arn:aws:iam::123456789012:role/" + name);
    }

    public static Entitlement entitlement(
            String role, Optional<String> sessionName, Optional<Duration> ttl, Sharing sharing, Prefetch prefetch) {
        return entitlement(role(role), sessionName, ttl, sharing, prefetch);
    }

    public static Entitlement entitlement(
            IamRole role, Optional<String> sessionName, Optional<Duration> ttl, Sharing sharing, Prefetch prefetch) {
        return Entitlement.of(role).with(draft -> {
            draft.sessionName = sessionName;
            draft.leaseTtl = ttl;
            draft.sharing = sharing;
            draft.prefetch = prefetch;
        });
    }

    /** The same of a launch grant that expires then. */
    public static Entitlement granted(Entitlement usual, boolean sensitive, Instant expires) {
        return usual.with(draft -> {
            draft.sensitive = sensitive;
            draft.endsAt = Optional.of(expires);
        });
    }

    public static Decision allowed(Entitlement entitlement) {
        return new Decision.Allowed(entitlement, POLICY, false, "allowed by policy", List.of());
    }
}
