package io.mesosiam.exposure;

import static io.mesosiam.exposure.Trials.GPU;
import static io.mesosiam.exposure.Trials.WEB;
import static io.mesosiam.exposure.Trials.host;
import static io.mesosiam.exposure.Trials.refused;
import static io.mesosiam.exposure.Trials.role;
import static io.mesosiam.exposure.Trials.roles;
import static io.mesosiam.exposure.Trials.untried;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage.Untried;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.IamRole;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrialPlanTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final TrialPlan plan = new TrialPlan(3, new Random(71));

    /** Answers each batch with a refusal until nothing is due; returns the roles that were tried, in order. */
    private List<IamRole> refuseAll(Instant now, Map<MesosAgentId, HostRole> hosts, NavigableSet<IamRole> roles) {
        List<IamRole> tried = new ArrayList<>();
        for (Optional<TrialBatch> batch = plan.next(now, hosts, roles);
                batch.isPresent();
                batch = plan.next(now, hosts, roles)) {
            tried.addAll(batch.get().roles());
            plan.answered(batch.get(), refused(batch.get()), now);
        }
        return tried;
    }

    private static Map<MesosAgentId, HostRole> hosts(int count, HostRole role) {
        Map<MesosAgentId, HostRole> hosts = new HashMap<>();
        for (int i = 0; i < count; i++) {
            hosts.put(host(i), role);
        }
        return hosts;
    }

    @Test
    void nothingIsDueWithoutHostsOrRoles() {
        assertThat(plan.next(NOW, Map.of(), roles(3))).isEmpty();
        assertThat(plan.next(NOW, hosts(1, WEB), roles(0))).isEmpty();
        assertThat(plan.result(WEB)).isEmpty();
    }

    @Test
    void eachRoleIsTriedOnceADayForAllHostsWithTheSameRole() {
        Map<MesosAgentId, HostRole> hosts = hosts(5000, WEB);
        hosts.put(host(5000), GPU);

        assertThat(refuseAll(NOW, hosts, roles(10)))
                .containsExactlyElementsOf(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9).stream()
                        .map(Trials::role)
                        .toList());
        assertThat(plan.next(NOW.plus(Duration.ofHours(23)), hosts, roles(10))).isEmpty();
        assertThat(refuseAll(NOW.plus(TrialPlan.AGAIN), hosts, roles(10))).hasSize(20);
    }

    @Test
    void batchesAreBoundedAndTriedByDifferentHosts() {
        Set<MesosAgentId> hosts = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            TrialBatch batch = plan.next(NOW, hosts(20, WEB), roles(90)).orElseThrow();
            assertThat(batch.roles()).hasSize(3);
            hosts.add(batch.host());
            plan.answered(batch, refused(batch), NOW);
        }
        assertThat(hosts).hasSizeGreaterThan(5);
    }

    @Test
    void newRoleOfAPolicyIsTriedAtOnceAndARemovedOneIsForgotten() {
        refuseAll(NOW, hosts(1, WEB), roles(2));

        assertThat(refuseAll(NOW, hosts(1, WEB), roles(3))).containsExactly(role(2));
        assertThat(plan.next(NOW, hosts(1, WEB), roles(1))).isEmpty();
        assertThat(plan.result(WEB))
                .hasValueSatisfying(known -> assertThat(known.refused()).isEqualTo(1));
    }

    @Test
    void assumableRolesAreReportedOnceAndStayUntilTheyAreRefused() {
        TrialBatch first = plan.next(NOW, hosts(1, WEB), roles(2)).orElseThrow();
        assertThat(plan.answered(first, refused(first, role(1)), NOW).nowAssumable())
                .containsExactly(role(1));
        assertThat(plan.result(WEB)).hasValue(new TrialResult(List.of(role(1)), 1, 0, Optional.empty(), NOW));

        Instant nextDay = NOW.plus(TrialPlan.AGAIN);
        TrialBatch second = plan.next(nextDay, hosts(1, WEB), roles(2)).orElseThrow();
        assertThat(plan.answered(second, refused(second, role(1)), nextDay).nowAssumable())
                .isEmpty();

        Instant third = nextDay.plus(TrialPlan.AGAIN);
        TrialBatch unknown = plan.next(third, hosts(1, WEB), roles(2)).orElseThrow();
        plan.answered(unknown, untried(unknown, "no-answer"), third);
        assertThat(plan.result(WEB).orElseThrow().assumable()).containsExactly(role(1));

        Instant later = third.plus(TrialPlan.UNKNOWN_AGAIN);
        TrialBatch last = plan.next(later, hosts(1, WEB), roles(2)).orElseThrow();
        assertThat(last.roles()).contains(role(1));
        assertThat(plan.answered(last, refused(last), later).nowRefused()).containsExactly(role(1));
        assertThat(plan.result(WEB).orElseThrow().assumable()).isEmpty();
    }

    @Test
    void rolesWithoutAResultAreTriedAgainAfterAnHour() {
        TrialBatch batch = plan.next(NOW, hosts(2, WEB), roles(1)).orElseThrow();
        TrialPlan.Change change = plan.answered(batch, untried(batch, Untried.THROTTLED), NOW);

        assertThat(change.throttled()).isTrue();
        assertThat(plan.result(WEB)).hasValue(new TrialResult(List.of(), 0, 1, Optional.of("why throttled"), NOW));
        assertThat(plan.next(NOW.plus(Duration.ofMinutes(59)), hosts(2, WEB), roles(1)))
                .isEmpty();
        assertThat(refuseAll(NOW.plus(TrialPlan.UNKNOWN_AGAIN), hosts(2, WEB), roles(1)))
                .containsExactly(role(0));
        assertThat(plan.result(WEB).orElseThrow().reason()).isEmpty();
    }

    @Test
    void hostWithoutAUsableAnswerIsLeftOutForAnHourAndAnotherTries() {
        TrialBatch first = plan.next(NOW, hosts(2, WEB), roles(1)).orElseThrow();
        plan.unanswered(first, NOW);

        TrialBatch second = plan.next(NOW, hosts(2, WEB), roles(1)).orElseThrow();
        assertThat(second.host()).isNotEqualTo(first.host());
        plan.unanswered(second, NOW);
        assertThat(plan.next(NOW.plus(Duration.ofMinutes(59)), hosts(2, WEB), roles(1)))
                .isEmpty();
        assertThat(plan.next(NOW.plus(TrialPlan.UNKNOWN_AGAIN), hosts(2, WEB), roles(1)))
                .isPresent();
    }

    @Test
    void resultOutlivesAReconnectAndIsForgottenAfterADay() {
        refuseAll(NOW, hosts(1, WEB), roles(2));

        assertThat(plan.next(NOW, Map.of(), roles(2))).isEmpty();
        assertThat(plan.result(WEB)).isPresent();
        assertThat(plan.next(NOW, hosts(1, WEB), roles(2))).isEmpty();
        assertThat(plan.next(NOW.plus(TrialPlan.AGAIN), Map.of(), roles(2))).isEmpty();
        assertThat(plan.result(WEB)).isEmpty();
    }

    @Test
    void hostThatInventsRolesDelaysNoRoleOfMoreHosts() {
        Map<MesosAgentId, HostRole> hosts = hosts(2, WEB);
        hosts.put(host(9), new HostRole("000000000000", "a"));

        assertThat(plan.next(NOW, hosts, roles(2)).orElseThrow().as()).isEqualTo(WEB);
    }

    @Test
    void hostThatDoesNotAnswerIsLeftOutAlsoAfterItHasReconnected() {
        TrialBatch batch = plan.next(NOW, hosts(1, WEB), roles(1)).orElseThrow();
        plan.unanswered(batch, NOW);

        assertThat(plan.next(NOW, Map.of(), roles(1))).isEmpty();
        assertThat(plan.next(NOW, hosts(1, WEB), roles(1))).isEmpty();
    }

    @Test
    void hostsThatInventRolesDoNotDisplaceTheRolesOfMostHosts() {
        Map<MesosAgentId, HostRole> hosts = hosts(3, WEB);
        for (int i = 0; i < 500; i++) {
            hosts.put(host(1000 + i), new HostRole("000000000000", "invented-" + i));
        }
        refuseAll(NOW, hosts, roles(2));
        assertThat(plan.result(WEB)).isPresent();

        // other inventions a minute later
        for (int i = 0; i < 500; i++) {
            hosts.put(host(1000 + i), new HostRole("000000000000", "other-" + i));
        }
        refuseAll(NOW.plusSeconds(60), hosts, roles(2));

        assertThat(hosts.values().stream().distinct().filter(role -> plan.result(role)
                        .isPresent()))
                .contains(WEB)
                .hasSizeLessThanOrEqualTo(TrialPlan.MAX_HOST_ROLES);
    }

    @Test
    void noMoreRolesAreTriedThanTheLimit() {
        assertThat(refuseAll(NOW, hosts(1, WEB), roles(TrialPlan.MAX_ROLES + 10)))
                .hasSize(TrialPlan.MAX_ROLES);
    }
}
