package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many rows a page has. */
class RowsOfPageTest {
    private static final int HALF = RowsOfPage.BYTES / 2;

    @Test
    void smallRowsFitUpToTheLimit() {
        assertThat(RowsOfPage.fitting(Collections.nCopies(1001, 100), 1000)).isEqualTo(1000);
        assertThat(RowsOfPage.fitting(List.of(100, 100), 1000)).isEqualTo(2);
        assertThat(RowsOfPage.fitting(List.of(), 1000)).isZero();
    }

    @Test
    void largeRowsFitAsLongAsTheyHaveAMebibyteTogether() {
        assertThat(RowsOfPage.fitting(List.of(HALF, HALF, 1), 1000)).isEqualTo(2);
        assertThat(RowsOfPage.fitting(List.of(HALF, HALF + 1, 1), 1000)).isEqualTo(1);
    }

    @Test
    void largestRowFitsAlone() {
        assertThat(RowsOfPage.fitting(List.of(3 * HALF, 1), 1000)).isEqualTo(1);
    }
}
