package io.mesosiam.lease.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.RefusalCode;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.reconcile.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Prefetch;
import io.mesosiam.policy.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LeasePlannerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final CredentialName NAME = CredentialName.DEFAULT;
    private static final Launch LAUNCH = TestLaunches.launch("t1");
    private static final Launch OTHER = TestLaunches.launch("t2");
    private static final Launch THIRD = TestLaunches.launch("t3");
    private static final ContainerId CONTAINER = ContainerId.of("c1");
    private static final LeaseId ID = new LeaseId(new UUID(1, 1));

    private static final Entitlement ALWAYS = gift(Optional.empty(), Prefetch.ALWAYS);
    private static final DesiredLease.Give A = give("a", ALWAYS);
    private static final DesiredLease.Give B = give("b", ALWAYS);
    private static final DesiredLease.Give ASKED = give("a", gift(Optional.empty(), Prefetch.ON_ASK));
    private static final DesiredLease.Give SHORT = give("a", gift(Optional.of(Duration.ofHours(2)), Prefetch.ALWAYS));
    private static final DesiredLease NO_POLICY = new DesiredLease.Refuse(RefusalCode.NO_POLICY, "no policy");
    private static final DesiredLease WITHDRAWN = new DesiredLease.Withdrawn(
            Withdrawal.of(new LeaseKey(OTHER, NAME), "leaked").by("alice"));
    private static final DesiredLease DENIED = new DesiredLease.Refuse(RefusalCode.DENIED, "denied");

    private static final LeaseState PENDING = new LeaseState.Pending("asked");
    private static final LeaseState FAILED = new LeaseState.Failed("AccessDenied", 1, NOW.minusSeconds(1));
    private static final Optional<String> DENIED_BY_AWS =
            Optional.of("AccessDenied: not authorized to perform: sts:AssumeRole");
    private static final LeaseState FRESH = active(Duration.ofMinutes(50), Duration.ofMinutes(25));
    private static final LeaseState DUE = active(Duration.ofMinutes(25), Duration.ZERO);
    private static final LeaseState RENEWING = new LeaseState.Renewing(NOW.plus(Duration.ofMinutes(20)), 0);
    private static final LeaseState DEAD = active(Duration.ZERO, Duration.ofMinutes(-25));

    private final LeasePlanner planner = new LeasePlanner(Duration.ofHours(24));

    static Stream<Arguments> cases() {
        return Stream.of(
                // issuing
                given("a running task that policy gives a role is issued a lease", view().desired(A), "Issue(a)"),
                given(
                        "a task whose container isn't known yet is issued a lease",
                        view().unbound().desired(A),
                        "Issue(a)"),
                given(
                        "a task that waits for its framework waits",
                        view().desired(new DesiredLease.Unready("")),
                        "Wait"),
                given(
                        "a session that STS would refuse is refused to the container",
                        view().desired(new DesiredLease.Impossible(A.policy(), "tag")),
                        "Refuse(SESSION_IMPOSSIBLE)",
                        "Wait"),
                given(
                        "an impossible session waits for the container that it is refused to",
                        view().unbound().desired(new DesiredLease.Impossible(A.policy(), "tag")),
                        "Wait"),
                given(
                        "conflicting policies give a new task nothing",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B))),
                        "Refuse(CONFLICT)"),
                given(
                        "conflicting policies keep a lease that one of them gives",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FRESH),
                        "Wait",
                        "Wait until PT25M"),
                given(
                        "conflicting policies renew a lease that one of them gives",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(DUE),
                        "Renew(a)",
                        "Wait"),
                given(
                        "conflicting policies end a lease that none of them gives any more",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(B)))
                                .lease(FRESH),
                        "Reap",
                        "Refuse(CONFLICT)"),
                given(
                        "a withdrawal ends a lease that a conflict keeps",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FRESH)
                                .withdrawn(),
                        "Reap",
                        "Refuse(WITHDRAWN)"),
                given(
                        "the refusal of a conflict is taken back once a lease is kept",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A)))
                                .lease(FRESH)
                                .refused(RefusalCode.CONFLICT, "conflict"),
                        "ClearRefusal",
                        "Wait",
                        "Wait until PT25M"),
                given(
                        "a task whose host isn't connected is issued nothing",
                        view().desired(A).disconnected(),
                        "Wait"),
                given(
                        "a task that is out of sight is issued nothing",
                        view().desired(A).outOfSight(Duration.ofMinutes(1), true),
                        "Wait"),
                given(
                        "nothing is issued while the journal is behind",
                        view().desired(A).closed(),
                        "Wait until PT5S"),
                given(
                        "a session that just failed for another task is requested after the backoff",
                        view().desired(A).backoff(15),
                        "Issue(a) later",
                        "Wait until PT15S"),
                given(
                        "a session is requested once the backoff has elapsed",
                        view().desired(A).backoff(0),
                        "Issue(a)"),
                given("an on-ask session is not issued before it is requested", view().desired(ASKED), "Wait"),
                given(
                        "an on-ask session is issued when it is requested",
                        view().desired(ASKED).asked(),
                        "Issue(a)"),
                // what AWS refuses
                given(
                        "a session that AWS refuses is refused to the container and requested again later",
                        view().desired(A).lease(FAILED).backoff(15, DENIED_BY_AWS),
                        "Refuse(REFUSED_BY_AWS)",
                        "Wait until PT15S"),
                given(
                        "a session that AWS refuses is requested again once the backoff has elapsed, and stays refused until AWS issues it",
                        view().desired(A)
                                .lease(FAILED)
                                .backoff(0, DENIED_BY_AWS)
                                .refusedByAws(),
                        "Request(a)"),
                given(
                        "a refusal by AWS stands during the attempt",
                        view().desired(A)
                                .lease(PENDING)
                                .requesting()
                                .backoff(60, DENIED_BY_AWS)
                                .refusedByAws()),
                given(
                        "a refusal by AWS stands until the attempt that a change of policies causes is answered",
                        view().desired(A).lease(PENDING).requesting().refusedByAws()),
                given(
                        "a refusal by AWS ends when the attempt after a change of policies fails without an answer",
                        view().desired(A).lease(FAILED).backoff(15).refusedByAws(),
                        "ClearRefusal",
                        "Wait until PT15S"),
                given(
                        "a refusal by AWS is taken back once the lease is served",
                        view().desired(A).lease(FRESH).refusedByAws(),
                        "ClearRefusal",
                        "Wait until PT25M"),
                given(
                        "a session that is held is not taken away by a refusal for another lease of the same identity",
                        view().desired(A).lease(FRESH).backoff(15, DENIED_BY_AWS),
                        "Wait until PT25M"),
                given(
                        "a refusal by AWS ends with the identity that it was about",
                        view().desired(B).lease(FAILED).refusedByAws(),
                        "Reap",
                        "ClearRefusal",
                        "Issue(b)"),
                given(
                        "what AWS refuses another task with the same identity is refused at once",
                        view().desired(A).backoff(15, DENIED_BY_AWS),
                        "Refuse(REFUSED_BY_AWS)",
                        "Issue(a) later",
                        "Wait until PT15S"),
                given(
                        "a lease that a conflict keeps is refused while AWS refuses its session",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FAILED)
                                .backoff(15, DENIED_BY_AWS),
                        "Refuse(REFUSED_BY_AWS)",
                        "Wait",
                        "Wait until PT15S"),
                given(
                        "a lease of a task that can't be decided is refused while AWS refuses its session",
                        view().desired(new DesiredLease.Unready(""))
                                .lease(FAILED)
                                .backoff(15, DENIED_BY_AWS),
                        "Refuse(REFUSED_BY_AWS)",
                        "Wait until PT15S"),
                given(
                        "a temporary failure of STS is not refused to the container",
                        view().desired(A).lease(FAILED).backoff(15),
                        "Wait until PT15S"),
                // refusing
                given("without a policy a container that requests nothing is not refused", view().desired(NO_POLICY)),
                given(
                        "without a policy a container that requests the name is refused",
                        view().desired(NO_POLICY).asked(),
                        "Refuse(NO_POLICY)"),
                given("a name that no policy mentions is refused", view().asked(), "Refuse(NO_POLICY)"),
                given("a denial is refused at once", view().desired(DENIED), "Refuse(DENIED)"),
                given("a refusal is sent once", view().desired(DENIED).refused(RefusalCode.DENIED, "denied")),
                given("without a container nothing is refused", view().unbound().desired(DENIED)),
                given(
                        "a refusal is taken back when policy gives",
                        view().desired(A).refused(RefusalCode.DENIED, "denied"),
                        "ClearRefusal",
                        "Issue(a)"),
                // keeping
                given("a lease is kept until its renewal", view().desired(A).lease(FRESH), "Wait until PT25M"),
                given("a lease that is due is renewed", view().desired(A).lease(DUE), "Renew(a)"),
                given(
                        "a lease is not renewed while a request is pending",
                        view().desired(A).lease(DUE).requesting()),
                given(
                        "a lease whose session has ended expires",
                        view().desired(A).lease(DEAD),
                        "Expire"),
                given(
                        "a failed lease requests its session again",
                        view().desired(A).lease(FAILED),
                        "Request(a)"),
                given(
                        "a failed lease requests nothing during the backoff",
                        view().desired(A).lease(FAILED).backoff(15),
                        "Wait until PT15S"),
                given(
                        "a pending lease without a call requests its session",
                        view().desired(A).lease(PENDING),
                        "Request(a)"),
                given(
                        "an on-ask lease is renewed without a request of the container",
                        view().desired(ASKED).lease(DUE),
                        "Renew(a)"),
                given(
                        "a lease is bound when its container is known",
                        view().desired(A).lease(FRESH).leaseUnbound(),
                        "Bind",
                        "Wait until PT25M"),
                given(
                        "a lease is renewed while the journal is closed",
                        view().desired(A).lease(DUE).closed(),
                        "Renew(a)"),
                // out of sight
                given(
                        "a lease out of sight is renewed while the agent reports its container",
                        view().desired(A).lease(DUE).outOfSight(Duration.ofHours(23), true),
                        "Renew(a)"),
                given(
                        "a lease out of sight is not renewed if the agent doesn't report its container",
                        view().desired(A).lease(DUE).outOfSight(Duration.ofMinutes(1), false),
                        "Wait until PT5S"),
                given(
                        "a lease out of sight is not renewed after the limit",
                        view().desired(A).lease(DUE).outOfSight(Duration.ofHours(24), true),
                        "Wait until PT5S"),
                given(
                        "a lease is kept although its task isn't listed",
                        view().absent().lease(FRESH).outOfSight(Duration.ofHours(9), false),
                        "Wait until PT25M"),
                given(
                        "a lease is kept although its framework isn't listed",
                        view().desired(new DesiredLease.Unready("")).lease(DUE),
                        "Renew(a)"),
                given(
                        "a lease from before a restart is renewed while undecided if a policy still gives it",
                        view().desired(new DesiredLease.Unready("", List.of(B, A)))
                                .lease(DUE)
                                .adopted(),
                        "Renew(a)"),
                given(
                        "a lease from before a restart that no policy gives waits while undecided",
                        view().desired(new DesiredLease.Unready("", List.of(B)))
                                .lease(DUE)
                                .adopted(),
                        "Wait"),
                given(
                        "a time to live ends after a restart also if nothing is known of what policies give",
                        view().desired(new DesiredLease.Unready(""))
                                .lease(FRESH)
                                .adopted()
                                .leaseUntil(NOW.minusSeconds(1)),
                        "Withdraw",
                        "Reap",
                        "Refuse(WITHDRAWN)"),
                given(
                        "a lease that the policies have decided against ends while withdrawals can't be read",
                        view().desired(new DesiredLease.Narrowed("", List.of(B)))
                                .lease(FRESH),
                        "Reap",
                        "Wait"),
                given(
                        "a lease that the policies have decided for renews while withdrawals can't be read",
                        view().desired(new DesiredLease.Narrowed("", List.of(A)))
                                .lease(DUE),
                        "Renew(a)"),
                given(
                        "a lease ends whose session the policies have decided not to give to another task of the container",
                        view().desired(A).lease(FRESH).neighbour(new DesiredLease.Narrowed("", List.of(B)), false),
                        "Reap",
                        "Refuse(CONFLICT)"),
                given(
                        "a task without a lease is given nothing while undecided",
                        view().desired(new DesiredLease.Unready("", List.of(A))).asked(),
                        "Wait"),
                given(
                        "a time to live also ends while the task is undecided",
                        view().desired(new DesiredLease.Unready("", List.of(SHORT)))
                                .lease(FRESH)
                                .adopted()
                                .leaseAge(Duration.ofHours(2)),
                        "Withdraw",
                        "Reap",
                        "Refuse(WITHDRAWN)"),
                given(
                        "a lease is kept although its host's agent isn't connected",
                        view().desired(DENIED).lease(FRESH).disconnected(),
                        "Wait"),
                // ending
                given("an ended task's lease is reaped", view().ended().lease(FRESH), "Reap proven", "Refuse(ENDED)"),
                given(
                        "an ended task's lease is reaped although its host isn't connected",
                        view().ended().lease(FRESH).disconnected(),
                        "Reap proven"),
                given(
                        "a container that has ended is not refused",
                        view().ended().lease(FRESH).containerGone(),
                        "Reap proven"),
                given("an ended task without a lease needs nothing", view().ended()),
                given(
                        "an ended task's container isn't refused while another of its tasks runs",
                        view().ended().lease(FRESH).neighbour(A, false),
                        "HandOver(a)"),
                // The end of one of several tasks in a container.
                given(
                        "a session under renewal is handed over to a task that is given the same",
                        view().ended().lease(RENEWING).neighbour(A, false),
                        "HandOver(a)"),
                given(
                        "a session is handed over to a task that is given the same on request",
                        view().ended().lease(FRESH).neighbour(ASKED, false),
                        "HandOver(a)"),
                given(
                        "a session is handed over while the journal is behind",
                        view().ended().lease(FRESH).closed().neighbour(A, false),
                        "HandOver(a)"),
                given(
                        "a session is handed over while STS refuses the same to others",
                        view().ended().lease(FRESH).backoff(15, DENIED_BY_AWS).neighbour(A, false),
                        "HandOver(a)"),
                given(
                        "a session is handed over by the controller that the host's agent connects to",
                        view().ended().lease(FRESH).disconnected().neighbour(A, false),
                        "Wait"),
                given(
                        "a session that the other task isn't given ends with its own task",
                        view().ended().lease(FRESH).neighbour(B, false),
                        "Reap proven"),
                given(
                        "a session that the other task is denied ends with its own task",
                        view().ended().lease(FRESH).neighbour(DENIED, false),
                        "Reap proven"),
                given(
                        "a session ends with its own task, even without an agent, if the other task is denied it",
                        view().ended().lease(FRESH).disconnected().neighbour(DENIED, false),
                        "Reap proven"),
                given(
                        "a session ends with its own task if the other task can't be decided yet",
                        view().ended().lease(FRESH).neighbour(new DesiredLease.Unready(""), false),
                        "Reap proven"),
                given(
                        "a session ends with its own task if the policies of the other task conflict",
                        view().ended()
                                .lease(FRESH)
                                .neighbour(new DesiredLease.Conflicting("conflict", List.of(A, B)), false),
                        "Reap proven"),
                given(
                        "a session ends with its own task if the other task is not listed yet",
                        view().ended().lease(FRESH).unlistedNeighbour(),
                        "Reap proven"),
                given(
                        "a session that was withdrawn from its task is not handed over",
                        view().ended().lease(FRESH).withdrawn().neighbour(A, false),
                        "Reap proven"),
                given(
                        "a session whose lease is past its time to live is not handed over",
                        view().ended().lease(FRESH).leaseUntil(NOW).neighbour(A, false),
                        "Reap proven"),
                given(
                        "a session whose lease has time to live left is handed over",
                        view().ended()
                                .lease(FRESH)
                                .leaseUntil(NOW.plusSeconds(1))
                                .neighbour(A, false),
                        "HandOver(a)"),
                given(
                        "a session that has ended is not handed over",
                        view().ended().lease(DEAD).neighbour(A, false),
                        "Reap proven"),
                given(
                        "a session that the host's agent does not serve is not handed over",
                        view().ended().lease(FRESH).notServed().neighbour(A, false),
                        "Reap proven"),
                given(
                        "a lease without a session is not handed over",
                        view().ended().lease(FAILED).neighbour(A, false),
                        "Reap proven"),
                given(
                        "a session that serves no container yet is not handed over",
                        view().ended().lease(FRESH).leaseUnbound().neighbour(A, false),
                        "Reap proven"),
                // Tasks that only a lease names, as after a controller's start.
                given(
                        "nothing is issued while another task of the container is not listed yet",
                        view().desired(A).unlistedNeighbour(),
                        "Wait"),
                given(
                        "an existing lease is kept while another task of the container is not listed yet",
                        view().desired(A).lease(FRESH).unlistedNeighbour(),
                        "Wait until PT25M"),
                given(
                        "a lease of a task that is not listed yet ends if another task of the container is denied",
                        view().absent().lease(FRESH).adopted().neighbour(DENIED, false),
                        "Reap",
                        "Wait"),
                given(
                        "a lease of a task that is not listed yet is kept if another task is given the same",
                        view().absent().lease(FRESH).adopted().neighbour(A, false),
                        "Wait"),
                given("a denied lease is reaped", view().desired(DENIED).lease(FRESH), "Reap", "Refuse(DENIED)"),
                given("a lease without a policy is reaped", view().lease(FRESH), "Reap", "Refuse(NO_POLICY)"),
                given("another role replaces the lease", view().desired(B).lease(FRESH), "Reap", "Issue(b)"),
                given(
                        "a lease whose session has become impossible is reaped",
                        view().desired(new DesiredLease.Impossible(A.policy(), ""))
                                .lease(FRESH),
                        "Reap",
                        "Refuse(SESSION_IMPOSSIBLE)",
                        "Wait"),
                given(
                        "a withdrawn lease is reaped",
                        view().desired(A).lease(FRESH).withdrawn(),
                        "Reap",
                        "Refuse(WITHDRAWN)"),
                given(
                        "after a withdrawal nothing is planned",
                        view().desired(A).withdrawn().refused(RefusalCode.WITHDRAWN, "the credentials were withdrawn")),
                given(
                        "a lease whose time to live has ended is withdrawn",
                        view().desired(SHORT).lease(FRESH).leaseAge(Duration.ofHours(2)),
                        "Withdraw",
                        "Reap",
                        "Refuse(WITHDRAWN)"),
                given(
                        "a lease is kept until its time to live ends",
                        view().desired(SHORT).lease(FRESH).leaseAge(Duration.ofMinutes(110)),
                        "Wait until PT10M",
                        "Wait until PT25M"),
                // several tasks in one container
                given(
                        "equal tasks of a container share one lease",
                        view().desired(A).neighbour(A, true),
                        "Wait"),
                given(
                        "the task with the bound lease keeps the shared lease",
                        view().desired(A).lease(FRESH).neighbour(A, false),
                        "Wait until PT25M"),
                given(
                        "without a bound lease the first task has the shared lease",
                        view().desired(A).neighbour(A, false),
                        "Issue(a)"),
                given(
                        "tasks of a container that are given different sessions conflict",
                        view().desired(A).lease(FRESH).neighbour(B, true),
                        "Reap",
                        "Refuse(CONFLICT)"),
                given(
                        "a withdrawal from another task of the container ends the lease that serves both",
                        view().desired(A).lease(FRESH).neighbour(WITHDRAWN, false),
                        "Reap withdrawn",
                        "Refuse(WITHDRAWN)",
                        "Wait"),
                given(
                        "a withdrawal from another task of the container refuses the name to a task without a lease",
                        view().desired(A).neighbour(WITHDRAWN, false),
                        "Refuse(WITHDRAWN)",
                        "Wait"),
                given(
                        "a withdrawal from another task of the container ends a lease that a conflict keeps",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FRESH)
                                .neighbour(WITHDRAWN, false),
                        "Reap withdrawn",
                        "Refuse(WITHDRAWN)",
                        "Wait"),
                given(
                        "a withdrawal from another task of the container ends the lease of a task that can't be decided",
                        view().desired(new DesiredLease.Unready(""))
                                .lease(FRESH)
                                .neighbour(WITHDRAWN, false),
                        "Reap withdrawn",
                        "Refuse(WITHDRAWN)",
                        "Wait"),
                given(
                        "a withdrawal from another task of the container ends the lease from before a restart",
                        view().desired(new DesiredLease.Unready(""))
                                .lease(FRESH)
                                .adopted()
                                .neighbour(WITHDRAWN, false),
                        "Reap withdrawn",
                        "Refuse(WITHDRAWN)",
                        "Wait"),
                given(
                        "a given and a denied task of a container conflict",
                        view().desired(A).neighbour(DENIED, false),
                        "Refuse(CONFLICT)"),
                given(
                        "nothing is issued while another task of the container can't be decided",
                        view().desired(A).neighbour(new DesiredLease.Unready(""), false),
                        "Wait"),
                given(
                        "a lease is kept while another task of the container can't be decided",
                        view().desired(A).lease(FRESH).neighbour(new DesiredLease.Unready(""), false),
                        "Wait until PT25M"),
                given(
                        "a lease that policy replaces ends, and the next one waits while another task of the container can't be decided",
                        view().desired(B).lease(FRESH).neighbour(new DesiredLease.Unready(""), false),
                        "Reap",
                        "Wait"),
                given(
                        "a lease that policy replaces ends, and the next one waits while the policies of another task of the container conflict",
                        view().desired(B)
                                .lease(FRESH)
                                .neighbour(new DesiredLease.Conflicting("conflict", List.of(A, B)), false),
                        "Reap",
                        "Wait"),
                given(
                        "a lease that policy replaces is followed by the next one once all tasks of the container are given the same",
                        view().desired(B).lease(FRESH).neighbour(B, false),
                        "Reap",
                        "Issue(b)"),
                given(
                        "a refusal by AWS of a replaced session ends although the next one waits for another task of the container",
                        view().desired(B).lease(FAILED).refusedByAws().neighbour(new DesiredLease.Unready(""), false),
                        "Reap",
                        "ClearRefusal",
                        "Wait"),
                given(
                        "a lease without a container is not bound while another task of the container can't be decided",
                        view().desired(A).lease(FRESH).leaseUnbound().neighbour(new DesiredLease.Unready(""), false),
                        "Wait",
                        "Wait until PT25M"),
                given(
                        "a lease without a container is bound once all tasks of the container are given the same",
                        view().desired(A).lease(FRESH).leaseUnbound().neighbour(A, false),
                        "Bind",
                        "Wait until PT25M"),
                given(
                        "a lease that a conflict keeps ends if another task of the container is given another session",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FRESH)
                                .neighbour(B, false),
                        "Reap",
                        "Refuse(CONFLICT)"),
                given(
                        "a lease that a conflict keeps ends if another task of the container is denied",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FRESH)
                                .neighbour(DENIED, false),
                        "Reap",
                        "Refuse(CONFLICT)"),
                given(
                        "a lease that a conflict keeps stays beside a task that is given the same",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FRESH)
                                .neighbour(A, false),
                        "Wait",
                        "Wait until PT25M"),
                given(
                        "a lease that a conflict keeps stays beside a task with the same conflict",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FRESH)
                                .neighbour(new DesiredLease.Conflicting("conflict", List.of(A, B)), false),
                        "Wait",
                        "Wait until PT25M"),
                given(
                        "a lease that a conflict keeps ends if no policy gives another task of the container the same",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .lease(FRESH)
                                .neighbour(new DesiredLease.Conflicting("conflict", List.of(B)), false),
                        "Reap",
                        "Refuse(CONFLICT)"),
                given(
                        "a task whose policies conflict does not refuse its container the lease that serves another task there",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                                .neighbour(A, true),
                        "Wait",
                        "Wait"),
                given(
                        "a task whose policies conflict refuses its container if none of them gives what serves another task there",
                        view().desired(new DesiredLease.Conflicting("conflict", List.of(B)))
                                .neighbour(A, true),
                        "Refuse(CONFLICT)"),
                given(
                        "a lease ends if no policy gives another task of the container the same",
                        view().desired(A)
                                .lease(FRESH)
                                .neighbour(new DesiredLease.Conflicting("conflict", List.of(B)), false),
                        "Reap",
                        "Refuse(CONFLICT)"),
                given(
                        "a lease of a task that can't be decided ends if another task of the container is denied",
                        view().desired(new DesiredLease.Unready(""))
                                .lease(FRESH)
                                .neighbour(DENIED, false),
                        "Reap",
                        "Refuse(CONFLICT)"),
                given(
                        "a lease of a task that can't be decided stays beside a task that can't either",
                        view().desired(new DesiredLease.Unready(""))
                                .lease(FRESH)
                                .neighbour(new DesiredLease.Unready(""), false),
                        "Wait until PT25M"),
                // the agent's own answer
                given(
                        "a lease that its agent does not serve waits for that above all",
                        view().desired(A).lease(FRESH).notServed(),
                        "Wait",
                        "Wait until PT25M"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aViewHasItsPlan(String name, Case view, List<String> plan) {
        assertThat(planner.plan(view.build()).actions().stream().map(LeasePlannerTest::describe))
                .isEqualTo(plan);
    }

    @Test
    void containerIsIssuedOnlySessionsOnWhichAllItsTasksAgree() {
        int issued = 0;
        for (Case view : containersOfTwoTasks()) {
            LaunchView built = view.build();
            List<DesiredLease> desiredLeases = List.of(
                    built.desiredLeases().get(NAME),
                    built.neighbours().getFirst().desiredLeases().get(NAME));
            for (LeaseAction action : planner.plan(built).actions()) {
                if (action instanceof LeaseAction.Issue issue) {
                    issued++;
                    assertThat(desiredLeases).as("%s", view).allSatisfy(desired -> assertThat(desired)
                            .isInstanceOfSatisfying(DesiredLease.Give.class, given -> assertThat(given.hash())
                                    .isEqualTo(issue.give().hash())));
                } else if (action instanceof LeaseAction.Bind) {
                    assertThat(DesiredLease.agree(A, desiredLeases.getLast()))
                            .as("%s", view)
                            .contains(true);
                }
            }
        }
        assertThat(issued).isPositive();
    }

    /** Checked for every state of the lease, of the host and of the view. */
    @Test
    void sessionIsHandedOverOnlyIfAllOtherTasksOfTheContainerAreGivenIt() {
        int handedOver = 0;
        for (Case view : containersOfTwoTasks()) {
            for (Optional<DesiredLease> third : thirdTasks()) {
                Case ended = view.ended();
                third.ifPresent(ended::third);
                LaunchView built = ended.build();
                List<LeaseAction> plan = planner.plan(built).actions();
                for (LeaseAction action : plan) {
                    if (action instanceof LeaseAction.HandOver handOver) {
                        handedOver++;
                        assertThat(handOver.give().hash()).isEqualTo(A.hash());
                        assertThat(built.neighbours()).as("%s", view).allSatisfy(neighbour -> assertThat(
                                        neighbour.desiredLeases().get(NAME))
                                .isInstanceOfSatisfying(DesiredLease.Give.class, given -> assertThat(given.hash())
                                        .isEqualTo(A.hash())));
                    }
                }
                assertThat(plan.stream()
                                .filter(a -> a instanceof LeaseAction.HandOver || a instanceof LeaseAction.Reap)
                                .count())
                        .as("%s", view)
                        .isEqualTo(view.lease.isPresent() ? 1 : 0);
                ended.withoutThird();
            }
        }
        assertThat(handedOver).isPositive();
    }

    private static List<Optional<DesiredLease>> thirdTasks() {
        return List.of(
                Optional.empty(),
                Optional.of(A),
                Optional.of(B),
                Optional.of(DENIED),
                Optional.of(new DesiredLease.Unready("x")),
                Optional.of(new DesiredLease.Conflicting("conflict", List.of(A, B))));
    }

    @Test
    void containerIsNeitherIssuedNorBoundALeaseWhileOneOfItsTasksIsNotListed() {
        for (Case view : containersOfTwoTasks()) {
            List<LeaseAction> plan =
                    planner.plan(view.unlistedNeighbour().build()).actions();

            assertThat(plan)
                    .as("%s", view)
                    .noneMatch(action -> action instanceof LeaseAction.Issue || action instanceof LeaseAction.Bind);
        }
    }

    /**
     * Covers both effects of a policy change: what is no longer given ends, and a session that is given but not agreed
     * on isn't requested.
     */
    @Test
    void sessionIsRequestedOnlyForALeaseThatPolicyGives() {
        for (Case view : containersOfTwoTasks()) {
            LaunchView built = view.build();
            boolean stillGiven = Stream.of(
                            built.desiredLeases().get(NAME),
                            built.neighbours().getFirst().desiredLeases().get(NAME))
                    .noneMatch(desired -> DesiredLease.agree(A, desired).equals(Optional.of(false)));
            List<LeaseAction> plan = planner.plan(built).actions();
            boolean requests =
                    plan.stream().anyMatch(a -> a instanceof LeaseAction.Request || a instanceof LeaseAction.Renew);
            boolean reaps = plan.stream().anyMatch(LeaseAction.Reap.class::isInstance);
            assertThat(requests && !stillGiven).as("%s: requests", view).isFalse();
            assertThat(view.lease.isPresent() && !stillGiven && !reaps)
                    .as("%s: keeps", view)
                    .isFalse();
        }
    }

    /** Each state of the lease of {@code a}, with each desired lease of both tasks of the container. */
    private static List<Case> containersOfTwoTasks() {
        List<Optional<LeaseState>> states = Stream.concat(
                        Stream.of(Optional.<LeaseState>empty()),
                        Stream.of(PENDING, FAILED, FRESH, DUE, DEAD, RENEWING).map(Optional::of))
                .toList();
        List<DesiredLease> desiredLeases = List.of(
                A,
                B,
                ASKED,
                SHORT,
                NO_POLICY,
                DENIED,
                WITHDRAWN,
                new DesiredLease.Unready("x"),
                new DesiredLease.Impossible(A.policy(), "tag"),
                new DesiredLease.Conflicting("conflict", List.of()),
                new DesiredLease.Conflicting("conflict", List.of(A)),
                new DesiredLease.Conflicting("conflict", List.of(B)),
                new DesiredLease.Conflicting("conflict", List.of(A, B)));
        List<Case> cases = new ArrayList<>();
        for (Optional<LeaseState> state : states) {
            for (DesiredLease own : desiredLeases) {
                for (DesiredLease other : desiredLeases) {
                    for (boolean bound : List.of(true, false)) {
                        for (boolean served : List.of(true, false)) {
                            Case view = view().desired(own).asked().neighbour(other, served && state.isEmpty());
                            state.ifPresent(view::lease);
                            cases.add(bound ? view : view.leaseUnbound());
                        }
                    }
                }
            }
        }
        return cases;
    }

    private static Arguments given(String name, Case view, String... plan) {
        return Arguments.of(name, view, List.of(plan));
    }

    private static Case view() {
        return new Case();
    }

    private static String describe(LeaseAction action) {
        return switch (action) {
            case LeaseAction.Withdraw _ -> "Withdraw";
            case LeaseAction.Reap reap ->
                reap.proven() ? "Reap proven" : reap.withdrawn().isPresent() ? "Reap withdrawn" : "Reap";
            case LeaseAction.HandOver handOver ->
                "HandOver(" + handOver.give().identity().sessionName() + ")";
            case LeaseAction.ClearRefusal _ -> "ClearRefusal";
            case LeaseAction.Refuse refuse -> "Refuse(" + refuse.refusal().code() + ")";
            case LeaseAction.Bind _ -> "Bind";
            case LeaseAction.Expire _ -> "Expire";
            case LeaseAction.Issue issue ->
                "Issue(" + issue.give().identity().sessionName() + ")" + (issue.requestNow() ? "" : " later");
            case LeaseAction.Request request ->
                "Request(" + request.give().identity().sessionName() + ")";
            case LeaseAction.Renew renew -> "Renew(" + renew.give().identity().sessionName() + ")";
            case LeaseAction.Wait wait ->
                "Wait"
                        + wait.until()
                                .map(until -> " until " + Duration.between(NOW, until))
                                .orElse("");
        };
    }

    private static LeaseState active(Duration left, Duration untilRenewal) {
        return new LeaseState.Active(NOW.plus(left), NOW.plus(untilRenewal), 0);
    }

    private static Entitlement gift(Optional<Duration> ttl, Prefetch prefetch) {
        return TestLaunches.entitlement("r", Optional.empty(), ttl, Sharing.TASK, prefetch);
    }

    private static DesiredLease.Give give(String session, Entitlement entitlement) {
        SessionIdentity identity = new SessionIdentity(
                entitlement.role(),
                session,
                Optional.empty(),
                List.of(),
                new TreeMap<>(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                entitlement.sessionLength());
        return new DesiredLease.Give(entitlement, identity, TestLaunches.POLICY, false);
    }

    /**
     * A view under construction: a running task with a container on a connected host, without desired leases or leases.
     */
    private static final class Case {
        private boolean known = true;
        private Optional<ContainerId> container = Optional.of(CONTAINER);
        private Optional<TaskEnd> end = Optional.empty();
        private final Map<CredentialName, DesiredLease> desiredLeases = new HashMap<>();
        private Optional<LeaseState> lease = Optional.empty();
        private boolean leaseBound = true;
        private Duration leaseAge = Duration.ofMinutes(30);
        private Optional<Instant> leaseUntil = Optional.empty();
        private boolean adopted;
        private boolean requesting;
        private Optional<Refusal> refusal = Optional.empty();
        private Set<CredentialName> asked = Set.of();
        private List<Withdrawal> withdrawals = List.of();
        private Map<CredentialName, SessionBackoff> backoff = Map.of();
        private Map<CredentialName, String> notServed = Map.of();
        private List<LaunchView.Neighbour> neighbours = List.of();
        private boolean connected = true;
        private boolean alive = true;
        private Optional<Instant> outOfSight = Optional.empty();
        private boolean open = true;

        @Override
        public String toString() {
            return "lease " + lease.map(LeaseState::text).orElse("none") + (leaseBound ? "" : " without a container")
                    + ", desired " + desiredLeases + ", neighbours " + neighbours;
        }

        Case unbound() {
            container = Optional.empty();
            return this;
        }

        Case absent() {
            known = false;
            return this;
        }

        Case ended() {
            end = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
            return this;
        }

        Case desired(DesiredLease desired) {
            desiredLeases.put(NAME, desired);
            return this;
        }

        Case lease(LeaseState state) {
            lease = Optional.of(state);
            return this;
        }

        Case leaseUnbound() {
            leaseBound = false;
            return this;
        }

        Case leaseAge(Duration age) {
            leaseAge = age;
            return this;
        }

        Case leaseUntil(Instant end) {
            leaseUntil = Optional.of(end);
            return this;
        }

        /** As after a controller's start: what the session was requested for is not known. */
        Case adopted() {
            adopted = true;
            return this;
        }

        Case requesting() {
            requesting = true;
            return this;
        }

        Case refused(RefusalCode code, String message) {
            refusal = Optional.of(new Refusal(new LeaseKey(LAUNCH, NAME), CONTAINER, code, message));
            return this;
        }

        Case refusedByAws() {
            return refused(
                    RefusalCode.REFUSED_BY_AWS,
                    "a policy allows it, but AWS refuses the session; the operators can see why");
        }

        Case asked() {
            asked = Set.of(NAME);
            return this;
        }

        Case withdrawn() {
            withdrawals = List.of(Withdrawal.of(new LeaseKey(LAUNCH, NAME), "revoked"));
            return this;
        }

        Case backoff(int seconds) {
            return backoff(seconds, Optional.empty());
        }

        Case backoff(int seconds, Optional<String> refusal) {
            backoff = Map.of(NAME, new SessionBackoff(1, NOW.plusSeconds(seconds), refusal));
            return this;
        }

        Case notServed() {
            notServed = Map.of(NAME, "its clock is wrong");
            return this;
        }

        Case neighbour(DesiredLease desired, boolean bound) {
            neighbours = List.of(new LaunchView.Neighbour(
                    OTHER, true, Map.of(NAME, desired), bound ? Map.of(NAME, A.hash()) : Map.of()));
            return this;
        }

        /** Adds another task of the container. */
        Case third(DesiredLease desired) {
            neighbours = Stream.concat(
                            neighbours.stream(),
                            Stream.of(new LaunchView.Neighbour(THIRD, true, Map.of(NAME, desired), Map.of())))
                    .toList();
            return this;
        }

        Case withoutThird() {
            neighbours = neighbours.stream()
                    .filter(neighbour -> !neighbour.launch().equals(THIRD))
                    .toList();
            return this;
        }

        Case unlistedNeighbour() {
            neighbours = List.of(new LaunchView.Neighbour(OTHER, false, Map.of(), Map.of()));
            return this;
        }

        Case containerGone() {
            alive = false;
            return this;
        }

        Case disconnected() {
            connected = false;
            return this;
        }

        Case outOfSight(Duration since, boolean reportedAlive) {
            outOfSight = Optional.of(NOW.minus(since));
            alive = reportedAlive;
            return this;
        }

        Case closed() {
            open = false;
            return this;
        }

        LaunchView build() {
            Optional<LaunchedTask> task = known
                    ? Optional.of(TestLaunches.task(LAUNCH, TaskState.RUNNING, container, end))
                    : Optional.empty();
            Map<CredentialName, ManagedLease> leases = new HashMap<>();
            lease.ifPresent(state -> leases.put(
                    NAME, new ManagedLease(keptAs(state), adopted ? Optional.empty() : Optional.of(A), requesting)));
            return new LaunchView(
                    LAUNCH,
                    task,
                    end,
                    desiredLeases,
                    leases,
                    refusal.map(refused -> Map.of(NAME, refused)).orElse(Map.of()),
                    asked,
                    withdrawals,
                    backoff,
                    notServed,
                    neighbours,
                    new LaunchView.Host(connected, alive),
                    outOfSight,
                    open,
                    NOW);
        }

        private Lease keptAs(LeaseState state) {
            return new Lease(
                    ID,
                    new LeaseKey(LAUNCH, NAME),
                    A.identity().role(),
                    A.policy(),
                    A.hash(),
                    "a",
                    true,
                    leaseBound ? container : Optional.empty(),
                    NOW.minus(leaseAge),
                    leaseUntil,
                    state,
                    1);
        }
    }
}
