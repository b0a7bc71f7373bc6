package io.mesosiam.lease.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.store.OwnershipEpochs.Standing;
import io.mesosiam.lease.store.OwnershipEpochs.Tenure;
import io.mesosiam.mesos.MesosAgentId;
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

    /** After each read, and before its caller goes on, it runs what another thread would. */
    private static final class Interrupted extends ConcurrentHashMap<MesosAgentId, Tenure> {
        private static final long serialVersionUID = 1;

        private final transient Queue<Runnable> afterReads = new ArrayDeque<>();

        @Override
        public @Nullable Tenure get(Object host) {
            Tenure tenure = super.get(host);
            Runnable next = afterReads.poll();
            if (next != null) {
                next.run();
            }
            return tenure;
        }
    }

    @Test
    void entryIsNotOutdatedByTheAnswerToAClaimOfOursThatArrivesWhileItIsLookedAt() {
        epochs.claimed(HOST, 4, false);
        map.afterReads.add(() -> epochs.claimed(HOST, 5, true));

        Standing first = epochs.standing(HOST, 4, OptionalLong.of(5), true);

        assertThat(first).isEqualTo(Standing.EARLY);
        assertThat(epochs.standing(HOST, 4, OptionalLong.of(5), true)).isEqualTo(Standing.COUNTS);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 4, true, COUNTS",
        "4, 5, true, EARLY",
        "4, 5, false, OUTDATED",
        "3, 4, true, OUTDATED",
        "5, 5, true, COUNTS",
        "5, 6, true, OUTDATED"
    })
    void entryUnderOneClaimCountsWhileTheRowHasThatClaim(long epoch, long recorded, boolean ours, Standing standing) {
        epochs.claimed(HOST, 4, false);

        assertThat(epochs.standing(HOST, epoch, OptionalLong.of(recorded), ours))
                .isEqualTo(standing);
    }
}
