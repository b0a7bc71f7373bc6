package io.mesosiam.policy;

import java.util.UUID;

/** The id of a policy row. */
public record PolicyId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
