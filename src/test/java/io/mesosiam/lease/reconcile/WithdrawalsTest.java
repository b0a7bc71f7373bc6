package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.policy.CredentialName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WithdrawalsTest {
    private static final List<Launch> LAUNCHES = Stream.of("F1", "F2")
            .flatMap(framework -> Stream.of("t1", "t2")
                    .flatMap(task -> Stream.of("S1", "S2").flatMap(host -> Stream.of(1L, 2L)
                            .map(sequence -> TestLaunches.launch(framework, task, new MesosAgentId(host), sequence)))))
            .toList();

    private final Withdrawals withdrawals = new Withdrawals();

    /** Compares the index with the definition: each withdrawal with each launch. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void launchIsTouchedByWithdrawalsThatAgreeInEachSetPart(long seed) {
        Random random = new Random(seed);
        Set<Withdrawal> rows = Set.of();
        Set<Withdrawal> made = new HashSet<>();
        for (int step = 0; step < 100; step++) {
            if (random.nextBoolean()) {
                Withdrawal one = any(random).unsigned();
                withdrawals.add(one);
                if (rows.stream().noneMatch(row -> row.unsigned().equals(one))) {
                    made.add(one);
                }
            } else {
                Set<Withdrawal> before = rows;
                rows = Stream.concat(
                                before.stream().filter(_ -> random.nextInt(3) > 0),
                                Stream.concat(
                                        made.stream().filter(_ -> random.nextInt(3) == 0),
                                        Stream.generate(() -> any(random)).limit(random.nextInt(4))))
                        .collect(Collectors.toSet());
                rows.forEach(row -> made.remove(row.unsigned()));
                requireDifference(before, rows, withdrawals.replace(rows));
            }
            Set<Withdrawal> standing = new HashSet<>(rows);
            standing.addAll(made);
            for (Launch launch : LAUNCHES) {
                assertThat(withdrawals.of(launch)).containsExactlyInAnyOrderElementsOf(touching(standing, launch));
                Lease lease = TestLaunches.lease(launch, new LeaseState.Pending("new"));
                assertThat(withdrawals.inTable(lease).isPresent())
                        .isEqualTo(rows.stream().anyMatch(row -> row.covers(lease.key())));
            }
        }
    }

    @Test
    void launchIsFoundAtOnceAmongManyWithdrawalsOfOtherTasks() {
        MesosAgentId host = new MesosAgentId("S1");
        Set<Withdrawal> rows = IntStream.range(0, 100_000)
                .mapToObj(i -> ofTask("old" + i))
                .collect(Collectors.toCollection(HashSet::new));
        rows.add(ofTask("t7"));
        WithdrawalIndex _ = withdrawals.replace(rows);

        assertTimeoutPreemptively(TimeLimit.seconds(2), () -> assertThat(IntStream.range(0, 20_000)
                        .mapToObj(i -> TestLaunches.launch("F1", "t" + i, host, 1))
                        .filter(launch -> !withdrawals.of(launch).isEmpty()))
                .containsExactly(TestLaunches.launch("F1", "t7", host, 1)));
    }

    @Test
    void unchangedRowsTouchNoLaunch() {
        Set<Withdrawal> rows = Set.of(ofTask("t1"), ofTask("t2"));
        WithdrawalIndex first = withdrawals.replace(rows);

        WithdrawalIndex second = withdrawals.replace(rows);

        assertThat(LAUNCHES.stream().filter(first::touches)).hasSize(8);
        assertThat(LAUNCHES.stream().filter(second::touches)).isEmpty();
    }

    private static void requireDifference(Set<Withdrawal> before, Set<Withdrawal> after, WithdrawalIndex difference) {
        Set<Withdrawal> changed = new HashSet<>(before);
        changed.addAll(after);
        changed.removeIf(row -> before.contains(row) && after.contains(row));
        for (Launch launch : LAUNCHES) {
            assertThat(difference.of(launch)).containsExactlyInAnyOrderElementsOf(touching(changed, launch));
            assertThat(difference.touches(launch))
                    .isEqualTo(!touching(changed, launch).isEmpty());
        }
    }

    private static List<Withdrawal> touching(Set<Withdrawal> all, Launch launch) {
        return all.stream().filter(one -> one.touches(launch)).toList();
    }

    private static Withdrawal ofTask(String task) {
        return new Withdrawal(
                Optional.of(new FrameworkId("F1")),
                Optional.of(new TaskId(task)),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                "over");
    }

    private static Withdrawal any(Random random) {
        Launch launch = LAUNCHES.get(random.nextInt(LAUNCHES.size()));
        return new Withdrawal(
                Optional.of(launch.key().framework()).filter(_ -> random.nextBoolean()),
                Optional.of(launch.key().task()).filter(_ -> random.nextBoolean()),
                Optional.of(launch.key().agent()).filter(_ -> random.nextBoolean()),
                random.nextBoolean() ? OptionalLong.of(launch.sequence()) : OptionalLong.empty(),
                Optional.of(random.nextBoolean() ? CredentialName.DEFAULT : new CredentialName("other"))
                        .filter(_ -> random.nextBoolean()),
                random.nextBoolean() ? "over" : "leaked",
                Optional.of("alice").filter(_ -> random.nextBoolean()));
    }
}
