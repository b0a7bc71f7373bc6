package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {
    private static final MesosAgentId HOST = new MesosAgentId("S1");
    private static final MesosAgentId OTHER = new MesosAgentId("S2");
    private static final int MANY = 20_000;

    private final Refusals refusals = new Refusals();

    /** A set that counts how often it is asked for a member. */
    private static final class Counted extends AbstractSet<ContainerId> {
        private final Set<ContainerId> members;
        private int asked;

        Counted(Set<ContainerId> members) {
            this.members = members;
        }

        @Override
        public boolean contains(Object member) {
            asked++;
            return members.contains(member);
        }

        @Override
        public Iterator<ContainerId> iterator() {
            return members.iterator();
        }

        @Override
        public int size() {
            return members.size();
        }
    }

    /** The refusals t1/a in c1, t1/b in c1, t2/a in c1, t3/a in c3 and, on the other host, t4/a in c1. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "remove t1/a in c1        | t1/b t2/a t3/a t4/a | t1 t2 | t3",
                "remove t2/a in c1        | t1/a t1/b t3/a t4/a | t1    | t3",
                "remove t2/a in c9        | t1/a t1/b t2/a t3/a t4/a | t1 t2 | t3",
                "remove t3/a in c3        | t1/a t1/b t2/a t4/a | t1 t2 |",
                "put t1/a in c3           | t1/a t1/b t2/a t3/a t4/a | t1 t2 | t1 t3",
                "put t2/a in c3           | t1/a t1/b t2/a t3/a t4/a | t1    | t2 t3",
                "put t2/b in c3           | t1/a t1/b t2/a t2/b t3/a t4/a | t1 t2 | t2 t3",
                "forget c1                | t3/a t4/a           |       | t3",
                "forget c3                | t1/a t1/b t2/a t4/a | t1 t2 |",
                "forget c9                | t1/a t1/b t2/a t3/a t4/a | t1 t2 | t3",
                "retain c1                | t1/a t1/b t2/a t4/a | t1 t2 |",
                "retain c9                | t4/a                |       |",
                "forgetHost               | t4/a                |       |",
                "prune t2                 | t2/a                | t2    |",
            })
    void changeLeaves(String change, String left, String inFirst, String inThird) {
        refusals.put(refusal(HOST, "t1", "a", "c1"));
        refusals.put(refusal(HOST, "t1", "b", "c1"));
        refusals.put(refusal(HOST, "t2", "a", "c1"));
        refusals.put(refusal(HOST, "t3", "a", "c3"));
        refusals.put(refusal(OTHER, "t4", "a", "c1"));

        change(change.split(" in |[ /]"));

        assertThat(refusals.all().stream()
                        .map(refusal -> task(refusal.key().launch()) + "/"
                                + refusal.key().name())
                        .sorted()
                        .collect(Collectors.joining(" ")))
                .isEqualTo(left);
        assertThat(tasksIn("c1")).isEqualTo(inFirst == null ? "" : inFirst);
        assertThat(tasksIn("c3")).isEqualTo(inThird == null ? "" : inThird);
    }

    private void change(String... words) {
        switch (words[0]) {
            case "remove" -> refusals.remove(refusal(HOST, words[1], words[2], words[3]));
            case "put" -> refusals.put(refusal(HOST, words[1], words[2], words[3]));
            case "forget" -> refusals.forget(HOST, Set.of(ContainerId.of(words[1])));
            case "retain" -> refusals.retain(HOST, Set.of(ContainerId.of(words[1])));
            case "forgetHost" -> refusals.forget(HOST);
            case "prune" ->
                assertThat(refusals.prune(Set.of(TestLaunches.launch("F1", words[1], HOST, 1))))
                        .hasSize(4);
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    @Test
    void containerThatEndsCostsNothingForTheOthersOfItsHost() {
        many().forEach(refusals::put);
        Counted ended = new Counted(Set.of(ContainerId.of("c7")));

        refusals.forget(HOST, ended);

        assertThat(ended.asked).isZero();
        assertThat(refusals.all()).hasSize(MANY - 1);
        assertThat(refusals.in(HOST, ContainerId.of("c7"))).isEmpty();
    }

    @Test
    void clearedRefusalsLeaveTheOthersAndAnIndexOfThem() {
        List<Refusal> left = new ArrayList<>(many());
        left.forEach(refusals::put);
        Collections.shuffle(left, new Random(1));

        List<Refusal> cleared = left.subList(0, MANY - 100);
        cleared.forEach(refusals::remove);

        assertThat(refusals.on(HOST)).containsExactlyInAnyOrderElementsOf(left.subList(MANY - 100, MANY));
        assertThat(cleared).allMatch(refusal -> refusals.launchesIn(HOST, refusal.container())
                .isEmpty());
        assertThat(refusals.on(HOST))
                .allMatch(refusal -> refusals.in(HOST, refusal.container()).equals(List.of(refusal)));
    }

    @Test
    void launchesThatAreUnknownArePrunedTogether() {
        many().forEach(refusals::put);

        assertThat(refusals.prune(Set.of())).hasSize(MANY);

        assertThat(refusals.byHost()).isEmpty();
        assertThat(refusals.launchesIn(HOST, ContainerId.of("c1"))).isEmpty();
    }

    private static List<Refusal> many() {
        return IntStream.range(0, MANY)
                .mapToObj(i -> refusal(HOST, "t" + i, "a", "c" + i))
                .toList();
    }

    private String tasksIn(String container) {
        return refusals.launchesIn(HOST, ContainerId.of(container)).stream()
                .map(RefusalsTest::task)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static String task(Launch launch) {
        return launch.key().task().value();
    }

    private static Refusal refusal(MesosAgentId host, String task, String name, String container) {
        return new Refusal(
                new LeaseKey(TestLaunches.launch("F1", task, host, 1), new CredentialName(name)),
                ContainerId.of(container),
                RefusalCode.NO_POLICY,
                "no policy");
    }
}
