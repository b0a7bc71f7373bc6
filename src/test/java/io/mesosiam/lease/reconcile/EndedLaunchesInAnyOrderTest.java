package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No state is kept for launches that have ended after random lives, in which reports and asks arrive in any order. */
class EndedLaunchesInAnyOrderTest extends EndedLaunchesFixture {
    static Stream<Long> seeds() {
        return Stream.iterate(0L, seed -> seed + 1).limit(60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noStateIsKeptAfterAllLaunchesHaveEndedInAnyOrder(long seed) {
        Random random = new Random(seed);
        SimulatedCluster.FRAMEWORKS.forEach(framework -> policies.put(framework, randomPolicy(random)));
        HOSTS.forEach(this::connect);
        List<List<Runnable>> lives = new ArrayList<>();
        for (int task = 0; task < 30; task++) {
            lives.add(life(task, random));
        }

        while (!lives.isEmpty()) {
            List<Runnable> life = lives.get(random.nextInt(lives.size()));
            life.removeFirst().run();
            lives.removeIf(List::isEmpty);
            if (random.nextInt(3) > 0) {
                settle();
            }
            if (random.nextInt(20) == 0) {
                flap(HOSTS.get(random.nextInt(HOSTS.size())));
            }
            if (random.nextInt(40) == 0) {
                clock.advance(Duration.ofMinutes(random.nextInt(1, 10)));
            }
        }

        assertNoStateIsKept();
    }

    private static Map<CredentialName, Decision> randomPolicy(Random random) {
        Map<CredentialName, Decision> policy = new HashMap<>();
        for (CredentialName name : List.of(CredentialName.DEFAULT, EXTRA)) {
            switch (random.nextInt(5)) {
                case 0 -> policy.put(name, allow(Prefetch.ALWAYS, Optional.empty()));
                case 1 -> policy.put(name, allow(Prefetch.ON_ASK, Optional.empty()));
                case 2 -> policy.put(name, allow(Prefetch.ALWAYS, Optional.of(Duration.ofMinutes(5))));
                case 3 -> policy.put(name, new Decision.Denied(TestLaunches.POLICY, "denied", List.of()));
                default -> {
                    // no policy mentions the name
                }
            }
        }
        return policy;
    }

    /** The events of a launch from its start to its end, with those that can occur in any order shuffled. */
    private List<Runnable> life(int task, Random random) {
        SimulatedCluster.Run run = cluster.start(
                SimulatedCluster.FRAMEWORKS.get(random.nextInt(2)), task, HOSTS.get(random.nextInt(HOSTS.size())));
        List<Runnable> start = shuffled(random, () -> agentSeesStart(run), () -> masterReportsRunning(run));
        List<Runnable> asks =
                shuffled(random, () -> ask(run, CredentialName.DEFAULT), () -> ask(run, EXTRA), () -> show(run));
        List<Runnable> end = shuffled(
                random,
                () -> agentSeesEnd(run),
                () -> masterReportsEnd(run),
                () -> ask(run, random.nextBoolean() ? EXTRA : CredentialName.DEFAULT));
        List<Runnable> life = new ArrayList<>(start);
        life.addAll(asks.subList(0, random.nextInt(asks.size() + 1)));
        life.addAll(end);
        return life;
    }

    private static List<Runnable> shuffled(Random random, Runnable... steps) {
        List<Runnable> list = new ArrayList<>(List.of(steps));
        Collections.shuffle(list, random);
        return list;
    }
}
