package io.mesosiam.admin;

import java.util.List;
import java.util.Optional;

/** What must hold of the stored object for a write to happen: If-Match and If-None-Match of RFC 9110. */
public sealed interface Precondition {
    /** Whether the write may happen; empty is an object that does not exist. */
    boolean holds(Optional<String> storedTag);

    /** Writes whatever is stored. */
    record None() implements Precondition {
        @Override
        public boolean holds(Optional<String> storedTag) {
            return true;
        }
    }

    /** The stored object has one of these versions. */
    record Is(List<String> tags) implements Precondition {
        public Is {
            tags = List.copyOf(tags);
        }

        @Override
        public boolean holds(Optional<String> storedTag) {
            return storedTag.filter(tags::contains).isPresent();
        }
    }

    /** The object exists, in any version. */
    record Exists() implements Precondition {
        @Override
        public boolean holds(Optional<String> storedTag) {
            return storedTag.isPresent();
        }
    }

    /** The object does not exist. */
    record Absent() implements Precondition {
        @Override
        public boolean holds(Optional<String> storedTag) {
            return storedTag.isEmpty();
        }
    }
}
