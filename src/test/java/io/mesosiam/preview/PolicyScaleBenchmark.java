package io.mesosiam.preview;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyChange;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.cluster.DecisionMemo;
import io.mesosiam.policy.cluster.PolicyDifference;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * 10,000 policies and 100,000 running tasks, each with a lease: the cost of one decision, of all decisions after a
 * change of one row, and of the preview of one change. Time is CPU time of the one thread. Arguments: policies, tasks.
 */
public final class PolicyScaleBenchmark {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final int policies;
    private final ScaledCluster cluster;
    private final ClusterState state;
    private final PolicySet set;
    private final SessionSource source = new Identities();

    private PolicyScaleBenchmark(int policies, int tasks) {
        this.policies = policies;
        this.cluster = new ScaledCluster(policies, tasks);
        this.state = cluster.state();
        List<Policy> rows = new ArrayList<>();
        for (int i = 0; i < policies; i++) {
            rows.add(cluster.policy(i, 0));
        }
        this.set = PolicySet.of(1, rows);
    }

    public static void main(String... arguments) {
        int policies = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int tasks = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
        PolicyScaleBenchmark benchmark = new PolicyScaleBenchmark(policies, tasks);
        for (int round = 0; round < 3; round++) {
            System.out.println("round " + round);
            benchmark.decisions();
            benchmark.changes();
        }
    }

    /** Every task alone, without a memo. */
    private void decisions() {
        List<Subject> subjects = state.launches().values().stream()
                .map(task -> Subject.of(task, state))
                .toList();
        long[] nanos = new long[subjects.size()];
        long allowed = 0;
        for (int i = 0; i < nanos.length; i++) {
            long begin = System.nanoTime();
            Map<CredentialName, Decision> decisions = set.outcomes(subjects.get(i));
            nanos[i] = System.nanoTime() - begin;
            allowed += decisions.get(CredentialName.DEFAULT) instanceof Decision.Allowed ? 1 : 0;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "one decision: p50 %.1f us, p99 %.1f us, max %.1f us; %d of %d tasks allowed%n",
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3,
                nanos[nanos.length - 1] / 1e3,
                allowed,
                nanos.length);
    }

    private void changes() {
        change("one row, 10 tasks", new PolicyChange.Put(cluster.policy(7, 1)));
        change("a new row that covers half of the tasks", new PolicyChange.Put(ScaledCluster.broad(policies)));
        change("a new deny of every task", new PolicyChange.Put(ScaledCluster.deny(policies + 1)));
    }

    private void change(String what, PolicyChange change) {
        Map<Launch, LaunchView> facts = facts();
        long begin = cpu();
        PolicySet after = set.with(List.of(change));
        long compiled = cpu();
        PolicyDifference difference = PolicyDifference.between(set, after);
        Set<Launch> touched = difference.touched(state);
        long found = cpu();
        DecisionMemo memo = new DecisionMemo(after);
        touched.forEach(launch -> memo.decide(Subject.of(state.launches().get(launch), state)));
        long decided = cpu();
        Preview preview = new Preview(
                new LeasePlanner(Duration.ofHours(24)),
                source,
                new DecisionMemo(set)::decide,
                new DecisionMemo(after)::decide,
                state);
        List<Effect> effects = new ArrayList<>();
        touched.forEach(launch -> effects.addAll(preview.effects(List.of(facts.get(launch)))));
        Effects all = new Effects(effects, touched.size());
        long previewed = cpu();
        System.out.printf(
                "%s: set compiled in %.3f s, %d tasks found in %.3f s and decided (%d distinct) in %.3f s, all of it %.3f s;"
                        + " preview %.3f s, with the first two %.3f s: %s, %d leases end%n",
                what,
                (compiled - begin) / 1e9,
                touched.size(),
                (found - compiled) / 1e9,
                memo.distinct(),
                (decided - found) / 1e9,
                (decided - begin) / 1e9,
                (previewed - decided) / 1e9,
                (previewed - decided + found - begin) / 1e9,
                all.count(),
                all.ended().size());
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** What the reconciler knows of each launch: an active lease of what the policies give now. */
    private Map<Launch, LaunchView> facts() {
        Map<Launch, LaunchView> facts = new HashMap<>();
        state.launches().values().forEach(task -> facts.put(task.launch(), facts(task)));
        return facts;
    }

    private LaunchView facts(LaunchedTask task) {
        int app = Integer.parseInt(
                task.task().name().substring(4, task.task().name().indexOf('.')));
        SessionIdentity identity = source.identity(ScaledCluster.gift("r" + app + "-0"), CredentialName.DEFAULT, task);
        Lease lease = new Lease(
                new LeaseId(new UUID(2, task.launch().hashCode())),
                new LeaseKey(task.launch(), CredentialName.DEFAULT),
                identity.role(),
                ScaledCluster.id(app),
                identity.hash(),
                identity.sessionName(),
                true,
                task.task().container(),
                NOW,
                Optional.empty(),
                new LeaseState.Active(NOW.plusSeconds(3600), NOW.plusSeconds(2000), 0),
                1);
        return new LaunchView(
                task.launch(),
                Optional.of(task),
                Optional.empty(),
                Map.of(),
                Set.of(),
                Map.of(CredentialName.DEFAULT, ManagedLease.fromRow(lease)),
                Map.of(),
                Set.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(),
                new LaunchView.Host(true, true, false, false),
                Optional.empty(),
                true,
                NOW);
    }

    /** Identities with the task in the session's name; no session is requested. */
    private static final class Identities implements SessionSource {
        @Override
        public SessionIdentity identity(Entitlement gift, CredentialName name, LaunchedTask task) {
            return new SessionIdentity(
                    gift.role(),
                    task.task().name(),
                    Optional.empty(),
                    List.of(),
                    new TreeMap<>(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    gift.sessionLength());
        }

        @Override
        public SessionOutcome session(SessionIdentity identity, boolean waiting) {
            throw new UnsupportedOperationException("a preview requests no session");
        }
    }
}
