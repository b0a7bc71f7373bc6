package io.mesosiam.spelling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "same, same, 0", "'', abc, 3", "ab, ba, 2", "LISTEN, LISTENS, 1"})
    void distanceCountsCharactersInsertedDeletedOrReplaced(String a, String b, int distance) {
        assertThat(NearestName.distance(a, b)).isEqualTo(distance);
        assertThat(NearestName.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void nearestCandidateIsFoundUnlessItIsTooFar() {
        List<String> names = List.of("CONTROLLERS", "CONTROLLER_ID", "LISTEN");

        assertThat(NearestName.of("CONTROLERS", names)).contains("CONTROLLERS");
        assertThat(NearestName.of("LISTEN_ADDRESS", names)).isEmpty();
    }
}
