package io.mesosiam.policy;

import java.util.UUID;

/** A policy row's id. */
public record PolicyId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
