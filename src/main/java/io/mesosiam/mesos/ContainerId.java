package io.mesosiam.mesos;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A container's id with the ids of the containers that it is nested in, as in {@code container_status.container_id} of
 * the v1 operator API. The text form is the path from the outermost container inwards, {@code parent/child}.
 */
public record ContainerId(Optional<ContainerId> parent, String value) {
    /** One path segment: what Mesos accepts from a scheduler, except texts with a meaning in paths. */
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}");

    private static final int MAX_DEPTH = 32;

    /** The longest path that a row can have: its domain {@code container_path} refuses longer ones. */
    private static final int MAX_LENGTH = 1280;

    public ContainerId {
        if (!SEGMENT.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "container id is not 1 to 255 letters, digits, '_', '-' or inner '.', or is only a path step");
        }
        if (parent.map(ContainerId::depth).orElse(0) >= MAX_DEPTH) {
            throw new IllegalArgumentException("container id is nested deeper than " + MAX_DEPTH);
        }
        if (length(parent, value) > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "container id has more than " + MAX_LENGTH + " characters with those that it is nested in");
        }
    }

    /** Returns the id of a container that is not nested. */
    public static ContainerId of(String value) {
        return new ContainerId(Optional.empty(), value);
    }

    /** Returns the id of the container {@code value} inside this one. */
    public ContainerId child(String value) {
        return new ContainerId(Optional.of(this), value);
    }

    /** Parses the text form that {@link #toString()} writes. */
    public static ContainerId parse(String path) {
        ContainerId id = null;
        for (String segment : path.split("/", -1)) {
            id = id == null ? of(segment) : id.child(segment);
        }
        return java.util.Objects.requireNonNull(id);
    }

    private static int length(Optional<ContainerId> parent, String value) {
        return value.length()
                + parent.map(outer -> 1 + length(outer.parent, outer.value)).orElse(0);
    }

    /** The container that is not nested on this path: this one, or the one around all others. */
    public ContainerId outermost() {
        return parent.map(ContainerId::outermost).orElse(this);
    }

    /** Number of containers on the path: 1 for a container that is not nested. */
    public int depth() {
        return 1 + parent.map(ContainerId::depth).orElse(0);
    }

    @Override
    public String toString() {
        return parent.map(outer -> outer + "/" + value).orElse(value);
    }
}
