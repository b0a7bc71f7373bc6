package io.mesosiam.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That a seed can be replayed. Whether seeds break rules is what the program finds out; CONTRIBUTING.md has the command. */
class SimulationTest {
    @BeforeAll
    static void silence() {
        Log.off();
    }

    @Test
    void sameSeedGivesTheSameRun() {
        assertThat(run(3)).isEqualTo(run(3)).isNotEqualTo(run(4));
    }

    /** The result, or the events before a rule was broken. */
    private static String run(long seed) {
        try {
            return Simulation.run(seed).toString();
        } catch (AssertionError broken) {
            return String.valueOf(broken.getMessage());
        }
    }
}
