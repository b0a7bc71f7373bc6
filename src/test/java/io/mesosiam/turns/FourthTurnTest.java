package io.mesosiam.turns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FourthTurnTest {
    private final FourthTurn turns = new FourthTurn();

    @Test
    void routineWorkHasEveryFourthTurnWhileBothWait() {
        assertThat(take(9, true)).isEqualTo("UUURUUURU");
    }

    @Test
    void urgentWorkHasAllTurnsWhileItWaitsAlone() {
        assertThat(take(9, false)).isEqualTo("UUUUUUUUU");
    }

    @Test
    void routineWorkThatComesLaterWaitsForThreeUrgentTurns() {
        assertThat(take(5, false) + take(5, true)).isEqualTo("UUUUU" + "UUURU");
    }

    @Test
    void routineWorkHasTheTurnIfNoUrgentWorkWaits() {
        assertThat(turns.isUrgent(false, true)).isFalse();
    }

    private String take(int number, boolean routineWaits) {
        return IntStream.range(0, number)
                .mapToObj(_ -> {
                    boolean urgent = turns.isUrgent(true, routineWaits);
                    turns.taken(urgent, routineWaits);
                    return urgent ? "U" : "R";
                })
                .reduce("", String::concat);
    }
}
