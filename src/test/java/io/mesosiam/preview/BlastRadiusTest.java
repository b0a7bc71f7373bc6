package io.mesosiam.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which writes need a confirmation: at most 10 leases, and 25 % of all, end without it. */
class BlastRadiusTest {
    private static final BlastRadius RADIUS = new BlastRadius(10, 0.25);

    @ParameterizedTest(name = "{0} of {1} leases end, confirmed {2}: refused {3}")
    @CsvSource({
        "0, 0, -1, false",
        "0, 100, -1, false",
        "10, 100, -1, false",
        "11, 100, -1, true",
        "11, 100, 11, false",
        "11, 100, 10, true",
        "11, 100, 12, true",
        "1, 4, -1, false",
        "1, 3, -1, true",
        "1, 3, 1, false",
        "1, 1, 0, true"
    })
    void aWriteThatEndsTooManyLeasesNeedsTheirExactNumber(long ends, long live, long confirmed, boolean refused) {
        OptionalLong confirm = confirmed < 0 ? OptionalLong.empty() : OptionalLong.of(confirmed);

        assertThat(RADIUS.objection(ends, live, confirm).isPresent()).isEqualTo(refused);
    }

    @Test
    void theObjectionNamesTheNumberToConfirm() {
        assertThat(RADIUS.objection(11, 100, OptionalLong.of(9)))
                .contains(
                        "confirm=9 is another number: it would end 11 of 100 live leases; without a confirmation a write"
                                + " may end 10, and 25 % of them. To make it, send confirm=11");
    }

    @Test
    void aShareOutsideOfZeroToOneIsRefused() {
        assertThatThrownBy(() -> new BlastRadius(1, 1.01)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BlastRadius(1, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BlastRadius(-1, 0.5)).isInstanceOf(IllegalArgumentException.class);
    }
}
