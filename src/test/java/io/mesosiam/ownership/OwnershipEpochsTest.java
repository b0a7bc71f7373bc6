package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.OwnershipEpochs.Owned;
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
    private static final class Interrupted extends ConcurrentHashMap<MesosAgentId, Owned> {
        private static final long serialVersionUID = 1;

        private final transient Queue<Runnable> afterReads = new ArrayDeque<>();

        @Override
        public @Nullable Owned get(Object host) {
            Owned owned = super.get(host);
            Runnable next = afterReads.poll();
            if (next != null) {
                next.run();
            }
            return owned;
        }
    }

    @Test
    void entryIsNotFencedByAConcurrentAnswerToAClaimOfThisController() {
        epochs.claimed(HOST, 4, false);
        epochs.claimBegins(HOST);
        map.afterReads.add(() -> epochs.claimed(HOST, 5, true));

        Standing first = standing(4, 5L, true);

        assertThat(first).isEqualTo(Standing.EARLY);
        assertThat(standing(4, 5L, true)).isEqualTo(Standing.VALID);
    }

    /** @param claiming the standing while a claim of this controller has no answer */
    @ParameterizedTest
    @CsvSource({
        "4, 4, true, VALID, VALID",
        "4, 4, false, FENCED, FENCED",
        "5, 5, false, FENCED, FENCED",
        "4, 5, true, FENCED, EARLY",
        "4, 5, false, FENCED, FENCED",
        "4, , false, FENCED, EARLY",
        "3, 4, true, FENCED, FENCED",
        "5, 5, true, VALID, VALID",
        "5, 6, true, FENCED, FENCED"
    })
    void entryIsValidWhileTheRowHasItsClaim(
            long epoch, @Nullable Long recorded, boolean ours, Standing standing, Standing claiming) {
        epochs.claimed(HOST, 4, false);
        assertThat(standing(epoch, recorded, ours)).isEqualTo(standing);

        epochs.claimBegins(HOST);
        assertThat(standing(epoch, recorded, ours)).isEqualTo(claiming);

        epochs.claimEnds(HOST);
        assertThat(standing(epoch, recorded, ours)).isEqualTo(standing);
    }

    /** PostgreSQL did not answer. The row may be another controller's, or of an earlier process of this one. */
    @ParameterizedTest
    @CsvSource({", false", "5, false", "5, true"})
    void entryWaitsForTheFirstAnswerUntilNoClaimIsLeft(@Nullable Long recorded, boolean ours) {
        epochs.claimBegins(HOST);
        epochs.claimBegins(HOST);
        epochs.claimed(HOST, 0, false);
        assertThat(standing(0, recorded, ours)).isEqualTo(Standing.EARLY);

        assertThat(epochs.claimEnds(HOST)).isFalse();
        assertThat(standing(0, recorded, ours)).isEqualTo(Standing.EARLY);

        assertThat(epochs.claimEnds(HOST)).isTrue();
        assertThat(standing(0, recorded, ours)).isEqualTo(Standing.FENCED);
    }

    @Test
    void claimThatContinuesTheEarlierOnesMakesTheirEntriesValid() {
        epochs.claimBegins(HOST);
        epochs.claimed(HOST, 0, false);

        epochs.claimed(HOST, 6, true);

        assertThat(standing(0, 6L, true)).isEqualTo(Standing.VALID);
    }

    @Test
    void nothingIsKeptOfAHostThatWasNeverClaimed() {
        epochs.claimBegins(HOST);
        epochs.claimEnds(HOST);

        assertThat(map).isEmpty();
    }

    @Test
    void lateAnswerToAnEarlierClaimChangesNothing() {
        epochs.claimed(HOST, 5, false);

        epochs.claimed(HOST, 4, false);

        assertThat(standing(5, 5L, true)).isEqualTo(Standing.VALID);
    }

    @Test
    void entryOfAProvisionalClaimIsFencedOnceItsClaimDoesNotContinueIt() {
        epochs.claimBegins(HOST);
        epochs.claimed(HOST, 0, true);
        assertThat(standing(0, 4L, false)).isEqualTo(Standing.EARLY);

        epochs.claimed(HOST, 3, false);

        assertThat(standing(0, 4L, false)).isEqualTo(Standing.FENCED);
    }

    private Standing standing(long epoch, @Nullable Long recorded, boolean ours) {
        return epochs.standing(HOST, epoch, recorded == null ? OptionalLong.empty() : OptionalLong.of(recorded), ours);
    }
}
