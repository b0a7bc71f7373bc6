package io.mesosiam.enrol.termination;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.ec2.DescribedInstance;
import io.mesosiam.enrol.ec2.InstanceCalls.Place;
import io.mesosiam.enrol.termination.StateChanges.Enrolled;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateChangesTest {
    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            running, running,       none
            running, stopped,       stopped
            running, shutting-down, shutting-down
            running, terminated,    terminated end
            stopped, running,       running
            running, none,          unknown
            unknown, none,          none
            unknown, running,       running
            unknown, terminated,    terminated end
            """)
    void onlyATerminatedInstanceEnds(String before, String stated, String expected) {
        Enrolled instance = new Enrolled(
                UUID.randomUUID(), new Place("111122223333", "eu-central-1"), "i-00000001", "host1.example", before);

        assertThat(StateChanges.of(
                                List.of(instance),
                                Optional.ofNullable(stated)
                                        .map(state -> Map.of("i-00000001", described(state)))
                                        .orElse(Map.of()))
                        .stream()
                        .map(change -> change.state() + (change.isTermination() ? " end" : "")))
                .containsExactlyElementsOf(
                        Optional.ofNullable(expected).stream().toList());
    }

    private static DescribedInstance described(String state) {
        return new DescribedInstance(
                "111122223333",
                "i-00000001",
                state,
                "ami-1",
                "vpc-1",
                "subnet-1",
                Instant.EPOCH,
                "10.0.0.5",
                Set.of("10.0.0.5"),
                Optional.empty(),
                Map.of());
    }
}
