package io.mesosiam.api.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Outlook.Waiting;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.reconcile.LaunchStanding;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.ownership.HostOwners.Owner;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.signin.SignIn;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskCredentialsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final CredentialName ONE = new CredentialName("one");
    private static final CredentialName TWO = new CredentialName("two");
    private static final Sight ALL = Sight.everything(PolicySet.of(0, List.of()));
    private static final LeaseState ACTIVE = new LeaseState.Active(NOW.plusSeconds(3600), NOW.plusSeconds(1800), 0);
    private static final LeaseState RENEWING = new LeaseState.Renewing(NOW.plusSeconds(600), 0);
    private static final LeaseState PENDING = new LeaseState.Pending("a session is requested");
    private static final LeaseState FAILED = new LeaseState.Failed("AccessDenied", 1, NOW.plusSeconds(15));
    private static final Launch LAUNCH =
            new Launch(new TaskKey(new FrameworkId("f"), new TaskId("t"), new MesosAgentId("s")), 1);

    private static Lease lease(CredentialName name, LeaseState state) {
        return new Lease(
                new LeaseId(new UUID(1, name.hashCode())),
                new LeaseKey(LAUNCH, name),
                new IamRole("arn:aws:iam::123456789012:role/r"),
                new PolicyId(new UUID(2, 3)),
                "00",
                "session",
                true,
                Optional.empty(),
                NOW,
                Optional.empty(),
                state,
                1);
    }

    private static Map<CredentialName, Lease> leases(LeaseState... states) {
        return states.length == 1
                ? Map.of(ONE, lease(ONE, states[0]))
                : Map.of(ONE, lease(ONE, states[0]), TWO, lease(TWO, states[1]));
    }

    private static Map<CredentialName, Waiting> waiting(CredentialName name, WaitReason why) {
        return Map.of(name, new Waiting(why, "waits: " + why.text(), Optional.of(NOW)));
    }

    private static Map<CredentialName, Refusal> refused(CredentialName name, RefusalCode code) {
        return Map.of(name, new Refusal(new LeaseKey(LAUNCH, name), ContainerId.of("c"), code, "refused"));
    }

    private static Owner owner(String state) {
        return owner(state, false);
    }

    private static Owner owner(String state, boolean evicted) {
        return new Owner(
                "host",
                Optional.of("controller-2"),
                state,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                evicted);
    }

    private static LaunchStanding here(
            Map<CredentialName, Lease> leases,
            Map<CredentialName, Waiting> waiting,
            Map<CredentialName, Refusal> refusals) {
        return new LaunchStanding(true, leases, waiting, refusals);
    }

    static Stream<Arguments> standings() {
        return Stream.of(
                arguments("served", here(leases(ACTIVE), Map.of(), Map.of()), "all", null, "one=active"),
                arguments(
                        "renewing beside active",
                        here(leases(RENEWING, ACTIVE), Map.of(), Map.of()),
                        "all",
                        null,
                        "one=renewing two=active"),
                arguments(
                        "kept in a conflict",
                        here(leases(ACTIVE), waiting(ONE, WaitReason.CONFLICT), Map.of()),
                        "all",
                        null,
                        "one=active"),
                arguments(
                        "served by another task of the container",
                        here(Map.of(), waiting(ONE, WaitReason.SERVED_BY_OTHER_TASK), Map.of()),
                        "all",
                        null,
                        "one=shared"),
                arguments(
                        "one of two",
                        here(leases(ACTIVE, PENDING), Map.of(), Map.of()),
                        "some",
                        "pending",
                        "one=active two=pending"),
                arguments("failed", here(leases(FAILED), Map.of(), Map.of()), "none", "no-session", "one=failed"),
                arguments(
                        "refused by AWS",
                        here(
                                leases(FAILED),
                                waiting(ONE, WaitReason.REFUSED_BY_AWS),
                                refused(ONE, RefusalCode.REFUSED_BY_AWS)),
                        "none",
                        "refused-by-aws",
                        "one=failed"),
                arguments(
                        "denied",
                        here(Map.of(), Map.of(), refused(TWO, RefusalCode.DENIED)),
                        "none",
                        "DeniedByPolicy",
                        "two=refused"),
                arguments(
                        "not asked for",
                        here(Map.of(), waiting(ONE, WaitReason.NOT_ASKED), Map.of()),
                        "none",
                        "not-asked",
                        "one=waiting"),
                arguments("no policy", here(Map.of(), Map.of(), Map.of()), "none", "NoPolicy", ""),
                arguments(
                        "no agent anywhere",
                        new LaunchStanding(false, Map.of(), Map.of(), Map.of()),
                        "none",
                        "no-agent",
                        ""),
                arguments(
                        "no agent any more, lease kept",
                        new LaunchStanding(false, leases(ACTIVE), Map.of(), Map.of()),
                        "all",
                        null,
                        "one=active"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("standings")
    void summaryAndReasonFollowFromTheNames(
            String what, LaunchStanding standing, String summary, @Nullable String code, String names) {
        TaskCredentials credentials =
                TaskCredentials.of(standing, Optional.of(owner("disconnected")), true, _ -> true, ALL);

        assertThat(credentials.summary()).isEqualTo(summary);
        assertThat(credentials.reasonCode()).isEqualTo(code);
        assertThat(credentials.reason() == null).isEqualTo(code == null);
        assertThat(names(credentials)).isEqualTo(names);
    }

    private static String names(TaskCredentials credentials) {
        return String.join(
                " ",
                credentials.names().stream()
                        .map(name -> name.credentialName() + "=" + name.state())
                        .toList());
    }

    static Stream<Arguments> elsewhere() {
        return Stream.of(
                arguments(leases(ACTIVE), "all", null, "one=active"),
                arguments(leases(ACTIVE, FAILED), "some", "no-session", "one=active two=failed"),
                arguments(leases(PENDING), "none", "pending", "one=pending"),
                arguments(Map.of(), "unknown", "other-controller", ""));
    }

    @ParameterizedTest
    @MethodSource("elsewhere")
    void taskOnAHostOfAnotherControllerHasTheLeasesOfTheDatabase(
            Map<CredentialName, Lease> leases, String summary, @Nullable String code, String names) {
        LaunchStanding standing = new LaunchStanding(false, leases, Map.of(), Map.of());

        TaskCredentials credentials =
                TaskCredentials.of(standing, Optional.of(owner("connected")), true, _ -> true, ALL);

        assertThat(credentials.summary()).isEqualTo(summary);
        assertThat(credentials.reasonCode()).isEqualTo(code);
        assertThat(names(credentials)).isEqualTo(names);
    }

    @Test
    void taskWithoutAVisibleLeaseOnAHostOfAnotherControllerIsUnknown() {
        LaunchStanding standing = new LaunchStanding(false, leases(ACTIVE), Map.of(), Map.of());

        TaskCredentials credentials =
                TaskCredentials.of(standing, Optional.of(owner("connected")), true, _ -> false, ALL);

        assertThat(credentials.summary()).isEqualTo("unknown");
        assertThat(credentials.reason()).contains("controller-2");
        assertThat(credentials.names()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"connected", "disconnected"})
    void taskOnAnEvictedHostHasNoneAlthoughItsLeaseIsKept(String state) {
        LaunchStanding standing = new LaunchStanding(false, leases(ACTIVE), Map.of(), Map.of());

        TaskCredentials credentials =
                TaskCredentials.of(standing, Optional.of(owner(state, true)), true, _ -> true, ALL);

        assertThat(credentials.summary()).isEqualTo("none");
        assertThat(credentials.reasonCode()).isEqualTo("HostEvicted");
        assertThat(credentials.names()).extracting(TaskCredentialView::state).containsExactly("active");
    }

    @Test
    void taskWithoutAContainerHasNotStarted() {
        LaunchStanding standing = here(Map.of(), Map.of(), Map.of());

        assertThat(TaskCredentials.of(standing, Optional.empty(), false, _ -> true, ALL)
                        .reasonCode())
                .isEqualTo("not-started");
    }

    @Test
    void namesThatTheCallerMayNotKnowAreLeftOut() {
        LaunchStanding standing = here(leases(ACTIVE, FAILED), Map.of(), Map.of());

        TaskCredentials credentials = TaskCredentials.of(standing, Optional.empty(), true, ONE::equals, ALL);

        assertThat(credentials.summary()).isEqualTo("all");
        assertThat(credentials.names()).hasSize(1);
    }

    /** AWS's message names the IAM role, and the hub role, of a policy that the caller may not know. */
    @ParameterizedTest
    @EnumSource(
            value = WaitReason.class,
            names = {"SESSION_IMPOSSIBLE", "NO_SESSION", "REFUSED_BY_AWS", "SAME_SESSION_FAILED"})
    void whatAwsSaidOfAnotherNamespacesSessionIsNotShown(WaitReason why) {
        Sight team = Sight.of(
                new Caller("token:team", SignIn.TOKEN, Set.of(new RoleGrant(Role.VIEWER, "/team")), "192.0.2.1"),
                PolicySet.of(0, List.of()));
        Waiting waits =
                new Waiting(why, "not authorized on resource: arn:aws:iam::123456789012:role/r", Optional.empty());

        for (LaunchStanding standing : List.of(
                here(leases(FAILED), Map.of(ONE, waits), Map.of()), here(Map.of(), Map.of(ONE, waits), Map.of()))) {
            TaskCredentials hidden = TaskCredentials.of(standing, Optional.empty(), true, _ -> true, team);
            TaskCredentials whole = TaskCredentials.of(standing, Optional.empty(), true, _ -> true, ALL);

            assertThat(hidden.reason()).isEqualTo("the session is of a policy outside your namespaces");
            assertThat(whole.reason()).contains("role/r");
        }
        assertThat(TaskCredentials.of(here(leases(FAILED), Map.of(), Map.of()), Optional.empty(), true, _ -> true, team)
                        .reason())
                .as("the lease's own state")
                .doesNotContain("AccessDenied");
    }
}
