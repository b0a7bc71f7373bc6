package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.OwnershipEpochs.Range;
import io.mesosiam.ownership.OwnershipEpochs.Standing;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnershipEpochsTest {
    private static final MesosAgentId HOST = new MesosAgentId("S1");

    private final Interrupted map = new Interrupted();
    private final OwnershipEpochs epochs = new OwnershipEpochs(map);

    /** A map that runs the action of another thread after each read, before the caller continues. */
    private static final class Interrupted extends ConcurrentHashMap<MesosAgentId, Range> {
        private static final long serialVersionUID = 1;

        private final transient Queue<Runnable> afterReads = new ArrayDeque<>();

        @Override
        public @Nullable Range get(Object host) {
            Range range = super.get(host);
            Runnable next = afterReads.poll();
            if (next != null) {
                next.run();
            }
            return range;
        }
    }

    @Test
    void entryIsNotFencedByAConcurrentAnswerToAClaimOfThisController() {
        epochs.claimed(HOST, 4, false);
        map.afterReads.add(() -> epochs.claimed(HOST, 5, true));

        Standing first = epochs.standing(HOST, 4, OptionalLong.of(5), true);

        assertThat(first).isEqualTo(Standing.EARLY);
        assertThat(epochs.standing(HOST, 4, OptionalLong.of(5), true)).isEqualTo(Standing.VALID);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 4, true, VALID",
        "4, 5, true, EARLY",
        "4, 5, false, FENCED",
        "3, 4, true, FENCED",
        "5, 5, true, VALID",
        "5, 6, true, FENCED"
    })
    void entryIsValidWhileTheRowHasItsClaim(long epoch, long recorded, boolean ours, Standing standing) {
        epochs.claimed(HOST, 4, false);

        assertThat(epochs.standing(HOST, epoch, OptionalLong.of(recorded), ours))
                .isEqualTo(standing);
    }

    /** PostgreSQL didn't answer, and the host has gone to another controller, which may have claimed it. */
    @ParameterizedTest
    @CsvSource({", false, FENCED", "5, false, FENCED", "5, true, EARLY"})
    void entryOfAHostThatLeftBeforeAClaimWasAnsweredWaitsOnlyForThisControllersClaim(
            @Nullable Long recorded, boolean ours, Standing standing) {
        OptionalLong row = recorded == null ? OptionalLong.empty() : OptionalLong.of(recorded);
        epochs.claimed(HOST, 0, false);
        assertThat(epochs.standing(HOST, 0, row, ours)).isEqualTo(Standing.EARLY);

        assertThat(epochs.disconnected(HOST)).isTrue();
        assertThat(epochs.standing(HOST, 0, row, ours)).isEqualTo(standing);

        epochs.claimed(HOST, 0, false);
        assertThat(epochs.standing(HOST, 0, row, ours)).isEqualTo(Standing.EARLY);
        epochs.claimed(HOST, 6, true);
        assertThat(epochs.disconnected(HOST)).isFalse();
        assertThat(epochs.standing(HOST, 0, OptionalLong.of(6), true)).isEqualTo(Standing.VALID);
    }

    /** The row's claim is of an earlier process of this controller, or its answer was lost. */
    @ParameterizedTest
    @CsvSource({"0, , false", "0, 5, false", "0, 5, true", "4, 5, true"})
    void entryWaitsForNoAnswerOnceNoClaimOfItsHostWillBeAnswered(long epoch, @Nullable Long recorded, boolean ours) {
        OptionalLong row = recorded == null ? OptionalLong.empty() : OptionalLong.of(recorded);
        epochs.claimed(HOST, epoch, false);
        assertThat(epochs.standing(HOST, epoch, row, ours)).isEqualTo(Standing.EARLY);

        epochs.unclaimed(HOST);
        assertThat(epochs.standing(HOST, epoch, row, ours)).isEqualTo(Standing.FENCED);

        epochs.claimed(HOST, epoch, false);
        assertThat(epochs.standing(HOST, epoch, row, ours)).isEqualTo(Standing.EARLY);
    }

    @Test
    void lateAnswerToAnEarlierClaimChangesNothing() {
        epochs.claimed(HOST, 5, false);

        epochs.claimed(HOST, 4, false);

        assertThat(epochs.standing(HOST, 5, OptionalLong.of(5), true)).isEqualTo(Standing.VALID);
    }

    @Test
    void entryOfAProvisionalClaimIsFencedOnceItsClaimDoesNotContinueIt() {
        epochs.claimed(HOST, 0, true);
        assertThat(epochs.standing(HOST, 0, OptionalLong.of(4), false)).isEqualTo(Standing.EARLY);

        epochs.claimed(HOST, 3, false);

        assertThat(epochs.standing(HOST, 0, OptionalLong.of(4), false)).isEqualTo(Standing.FENCED);
    }
}
