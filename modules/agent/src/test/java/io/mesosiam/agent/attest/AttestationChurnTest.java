package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.HistoryLength;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A few seconds of {@link AttestationChurn}, which is also a program for longer runs. */
class AttestationChurnTest {
    @ParameterizedTest
    @EnumSource
    void noCallerIsAttestedAsAnotherContainer(AttestationChurn.Layout layout) throws IOException, InterruptedException {
        ChurnAnswers.Tally tally =
                AttestationChurn.run(layout, HistoryLength.of(Duration.ofSeconds(5)), HistoryLength.seed(42));

        System.out.println("churn " + layout + ": " + tally);
        assertThat(tally.wrong()).isEmpty();
        assertThat(tally.refusedAlive()).isEmpty();
        assertThat(tally.right()).isPositive();
    }
}
