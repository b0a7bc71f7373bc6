package io.mesosiam.api.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fleet.ControllerState;
import io.mesosiam.fleet.Fleet.Member;
import io.mesosiam.fleet.StatedController;
import io.mesosiam.fleet.StatedEffect;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A controller in the API. */
class ControllerViewTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void stateIsAsTheControllerStatedIt() {
        ControllerState state = new ControllerState(
                "1.0.0",
                TIME,
                List.of("drain", "mesos"),
                new ControllerState.Drain(TIME.plusSeconds(1), "token:alice", "kernel update"),
                "http://10.0.0.1:5050",
                3L,
                17,
                4L,
                5,
                6,
                TIME.plusSeconds(2));
        StatedEffect effect = new StatedEffect(17, 17, 0, List.of(), List.of());

        ControllerView view = ControllerView.of(
                new Member("a", Duration.ofSeconds(2), Optional.of(new StatedController(state, effect)), "", 0));

        assertThat(view.state()).usingRecursiveComparison().isEqualTo(state);
        assertThat(view.unknown()).isNull();
    }
}
