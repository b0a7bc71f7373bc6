package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mesosiam.api.sight.Sight;
import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.reconcile.Dependencies;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.ownership.HostOwners;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.UnusableRow;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Explanations of one launch that this controller did not see start. */
class ExplainerTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final Launch LAUNCH = TestLaunches.launch("t1");

    @AfterAll
    static void drop() {
        DB.close();
    }

    @ParameterizedTest
    @CsvSource({"true, allowed, applied", "false, no-policy, withheld"})
    void launchCountsAsWitnessedIfItsLeaseRowStatesSo(boolean witnessed, String decision, String result) {
        Policy sensitive = Policies.allow("sensitive", "default", 0, Policies.sensitive(Policies.gift("sensitive")));

        ExplainedLaunch explained = explain(PolicySet.of(1, List.of(sensitive)), List.of(lease(witnessed)));

        assertThat(explained.witnessed()).isEqualTo(witnessed);
        assertThat(explained.decisions()).singleElement().satisfies(it -> {
            assertThat(it.decision()).isEqualTo(decision);
            assertThat(it.verdicts())
                    .extracting(ExplainedDecision.ExplainedVerdict::result)
                    .containsExactly(result);
        });
    }

    @Test
    void endedTaskIsExplainedAsEndedWhateverThePoliciesAllow() {
        PolicySet set = PolicySet.of(1, List.of(Policies.allow("web", "default", 0, Policies.gift("web"))));

        ExplainedLaunch explained =
                explain(set, List.of(lease(true)), Optional.of(new TaskEnd.Terminal(TaskState.FINISHED)));

        assertThat(explained.end()).isEqualTo("TASK_FINISHED");
        assertThat(explained.endedAt()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(explained.decisions()).singleElement().satisfies(decision -> {
            assertThat(decision.decision()).isEqualTo("ended");
            assertThat(decision.iamRoleArn()).isNull();
            assertThat(decision.policies()).isEmpty();
            assertThat(decision.summary())
                    .startsWith("the task has ended: TASK_FINISHED; its container gets no credentials."
                            + " While it ran it had ")
                    .contains(", until 2026-01-01T00:00:00Z.")
                    .contains("The policies in force now, for a task like it that runs: ");
            assertThat(decision.verdicts()).hasSize(1);
        });
    }

    @Test
    void endedTaskWhoseContainerStillAsksIsExplainedWithTheRefusalAndWithoutALease() {
        Refusal refusal = new Refusal(
                new LeaseKey(LAUNCH, CredentialName.DEFAULT),
                new ContainerId(Optional.empty(), "c1"),
                RefusalCode.ENDED,
                "the task has ended");
        PolicySet set = PolicySet.of(1, List.of());

        assertThat(ExplainedLaunch.ended(
                        new TaskEnd.Terminal(TaskState.KILLED),
                        "default",
                        List.of(refusal),
                        List.of(),
                        PolicyRows.of(set, Sight.everything(set))))
                .isEqualTo(
                        "the task has ended: TASK_KILLED; its container still runs and is refused with 403 TaskEnded."
                                + " No lease of it is known here.");
    }

    @Test
    void disabledPoliciesAndUnusableRowsAreShownAndDecideNothing() {
        RejectedRow allow = new RejectedRow(
                Policies.id("bad"),
                "bad",
                Optional.of(Effect.ALLOW),
                "sharing: 'x' is not known",
                RejectedRow.Consequence.NONE);
        RejectedRow unreadable = new RejectedRow(
                Policies.id("odd"), "odd", Optional.empty(), "effect: 'x' is not known", RejectedRow.Consequence.NONE);
        RejectedRow deny = new RejectedRow(
                Policies.id("stop"),
                "stop",
                Optional.of(Effect.DENY),
                "credential_name: too long",
                RejectedRow.Consequence.DENIES);
        PolicySet set = new PolicySet(
                1,
                List.of(Policies.disabled(Policies.allow("off", "default", 3, Policies.gift("off")))),
                List.of(
                        new UnusableRow(allow, Optional.empty()),
                        new UnusableRow(unreadable, Optional.empty()),
                        new UnusableRow(deny, Optional.of(Policies.denyAll("stop")))),
                List.of(),
                false);

        ExplainedLaunch explained = explain(set, List.of());

        assertThat(explained.decisions()).singleElement().satisfies(decision -> {
            assertThat(decision.decision()).isEqualTo("denied");
            assertThat(decision.policies()).containsExactly(Policies.id("stop").toString());
            assertThat(decision.verdicts())
                    .extracting(
                            ExplainedDecision.ExplainedVerdict::policyName,
                            ExplainedDecision.ExplainedVerdict::effect,
                            ExplainedDecision.ExplainedVerdict::priority,
                            ExplainedDecision.ExplainedVerdict::result,
                            ExplainedDecision.ExplainedVerdict::why)
                    .containsExactly(
                            tuple("stop", "deny", 0, "applied", "every selector holds"),
                            tuple("off", "allow", 3, "disabled", "no selector fails, but it is disabled"),
                            tuple("bad", "allow", null, "unusable", "the row can't be used: sharing: 'x' is not known"),
                            tuple("odd", null, null, "unusable", "the row can't be used: effect: 'x' is not known"));
        });
    }

    @Test
    void launchThatThousandsOfPoliciesGiveACredentialNameEachIsExplainedForTwoHundredNames() {
        PolicySet set = PolicySet.of(
                1,
                IntStream.range(0, 1000)
                        .mapToObj(i -> Policies.allow("p" + i, "name-" + i, 0, Policies.gift("web")))
                        .toList());

        ExplainedLaunch explained = explain(set, List.of());

        assertThat(explained.decisions()).hasSize(200).allSatisfy(decision -> assertThat(decision.verdicts())
                .hasSize(1));
        assertThat(explained.omittedDecisions()).isEqualTo(800);
    }

    /** @param rows the leases that another controller left on the host */
    private static ExplainedLaunch explain(PolicySet set, List<Lease> rows) {
        return explain(set, rows, Optional.empty());
    }

    private static ExplainedLaunch explain(PolicySet set, List<Lease> rows, Optional<TaskEnd> end) {
        Reconciler reconciler = new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        _ -> Map.of(CredentialName.DEFAULT, new Decision.Pending("not decided in this test")),
                        new NoSessions(),
                        (_, _) -> true,
                        _ -> rows,
                        GrantRows.NONE,
                        Runnable::run,
                        new ManualClock(Instant.parse("2026-01-01T00:00:00Z")),
                        new Random(1),
                        _ -> {}),
                new NoJournal());
        LaunchedTask task = TestLaunches.task(LAUNCH, TaskState.RUNNING, Optional.empty(), Optional.empty());
        ClusterState state = cluster(new LaunchedTask(LAUNCH, task.task(), false, end));
        reconciler.changed(state, state.launches().keySet());
        reconciler.connected(LAUNCH.key().agent(), new Ownership(1, true), List.of(), Map.of(), _ -> {});

        List<ExplainedLaunch> explained = new Explainer(
                        reconciler, new HostOwners(DB.pool(), InstantSource.system(), Set::of), _ -> List.of())
                .explain(List.copyOf(state.launches().values()), state, set, Sight.everything(set))
                .toList();
        assertThat(explained).hasSize(1);
        return explained.getFirst();
    }

    private static Lease lease(boolean witnessed) {
        Lease lease = TestLaunches.lease(LAUNCH, new LeaseState.Pending("not yet issued"));
        return new Lease(
                lease.id(),
                lease.key(),
                lease.role(),
                lease.policy(),
                lease.identityHash(),
                lease.sessionName(),
                witnessed,
                lease.container(),
                lease.createdAt(),
                lease.until(),
                lease.state(),
                lease.revision());
    }

    private static ClusterState cluster(LaunchedTask task) {
        Framework framework = new Framework(LAUNCH.key().framework(), "web", Optional.of("svc-web"), "root", false);
        return new ClusterState(
                1,
                Optional.of(new Leader("m", "1")),
                true,
                new Enforcement(true, true, true, true),
                new Completeness.Whole(),
                Map.of(framework.id(), framework),
                Map.of(),
                Map.of(LAUNCH, task));
    }

    private record NoSessions() implements SessionSource {
        @Override
        public SessionIdentity identity(Entitlement entitlement, CredentialName name, LaunchedTask task) {
            throw new AssertionError("nothing is allowed");
        }

        @Override
        public SessionOutcome session(SessionIdentity identity, boolean waiting) {
            throw new AssertionError("nothing is allowed");
        }
    }

    private record NoJournal() implements Journal {
        @Override
        public void write(Entry entry) {
            // no row is read
        }

        @Override
        public boolean isOpen(int expected) {
            return true;
        }

        @Override
        public void claimed(MesosAgentId host, long epoch, boolean continued) {
            // no row is read
        }

        @Override
        public void claimBegins(MesosAgentId host) {
            // nothing waits
        }

        @Override
        public void claimEnds(MesosAgentId host) {
            // nothing waits
        }

        @Override
        public void onFenced(BiConsumer<MesosAgentId, Long> listener) {
            // nothing is fenced
        }

        @Override
        public void onEnded(Consumer<LeaseId> listener) {
            // no row is ended
        }
    }
}
