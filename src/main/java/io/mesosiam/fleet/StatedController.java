package io.mesosiam.fleet;

import java.util.Objects;

/** What the row of a controller holds. */
public record StatedController(ControllerState state, StatedEffect effect) {
    /** A row that lacks one of them can't be read. */
    public StatedController {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(effect, "effect");
    }
}
