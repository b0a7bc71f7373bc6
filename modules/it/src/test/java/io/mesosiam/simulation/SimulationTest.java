package io.mesosiam.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** About a million steps, in 30 s of processor time. A failure names its seed; CONTRIBUTING.md has the command that replays it. */
class SimulationTest {
    private static final long SEEDS = 80;

    /** Seeds that found mistakes before there were features: decision 80. */
    private static final List<Long> FOUND = List.of(
            890L,
            974L,
            1196L,
            1217L,
            -76547863787427231L,
            4794946508214146705L,
            1787763209632222996L,
            7326781653899180626L,
            -1005731710071483366L,
            -6174376060914689331L,
            5640095996418352172L,
            -7790265551698019187L,
            -455712140396970258L,
            -8424433562869818996L,
            1414941180480431003L,
            9019634804641826260L,
            745345200203512960L,
            52099386801593601L,
            70875941323153124L,
            70875941323175244L,
            70875941323172072L,
            70875941323151422L,
            5000164L,
            51966491039575168L,
            51966491039577411L);

    /** Seeds that found mistakes before tasks began again under their ids: decision 80. */
    private static final List<Long> FOUND_WITHOUT_RESTARTS = List.of(194L, 60993549973186302L, 11224225211710203L);

    /** Seeds that found mistakes before there were operators: decision 80. */
    private static final List<Long> FOUND_WITHOUT_OPERATORS = List.of(
            35135547379871858L,
            60874158589251716L,
            35135547379872158L,
            35135547379872224L,
            881202611377L,
            56285292734837503L);

    /** Seeds that found mistakes before commits could be lost: decision 80. */
    private static final List<Long> FOUND_WITH_OPERATORS = List.of(51629212225896563L, 51629212225899963L);

    /** Seeds that found mistakes before statuses were forged: decision 80. */
    private static final List<Long> FOUND_WITH_LOST_COMMITS =
            List.of(1796026229341262094L, 1796026229341262108L, 1796026229341262366L);

    @BeforeAll
    static void silence() {
        Log.off();
    }

    @Test
    void noSeedBreaksARule() {
        long steps = Stream.of(
                        LongStream.range(0, SEEDS).mapToObj(Simulation::run),
                        FOUND.stream().map(seed -> Simulation.run(seed, Set.of())),
                        FOUND_WITHOUT_RESTARTS.stream()
                                .map(seed -> Simulation.run(seed, Feature.before(Feature.RESTARTS, seed))),
                        FOUND_WITHOUT_OPERATORS.stream()
                                .map(seed -> Simulation.run(seed, Feature.before(Feature.OPERATORS, seed))),
                        FOUND_WITH_OPERATORS.stream()
                                .map(seed -> Simulation.run(seed, Feature.before(Feature.LOST_COMMITS, seed))),
                        FOUND_WITH_LOST_COMMITS.stream()
                                .map(seed -> Simulation.run(seed, Feature.before(Feature.FORGED_STATUSES, seed))))
                .flatMap(outcomes -> outcomes)
                .mapToLong(Simulation.Outcome::steps)
                .sum();

        assertThat(steps).isGreaterThan(1_000_000);
    }

    /** Decision 80 says how seldom one breaks a rule. The message has the seed. */
    @Test
    void newSeedBreaksNoRule() {
        assertThat(Simulation.run(new SplittableRandom().nextLong()).steps()).isGreaterThan(6_000);
    }

    @Test
    void sameSeedGivesTheSameRun() {
        assertThat(Simulation.run(3)).isEqualTo(Simulation.run(3)).isNotEqualTo(Simulation.run(4));
    }
}
