package io.mesosiam.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SingleFlightTest {
    private final SingleFlight<Key, String> flights = new SingleFlight<>();

    /** A key whose second lookup fails. */
    private static final class Key {
        private int lookups;

        @Override
        public int hashCode() {
            if (++lookups == 2) {
                throw new StackOverflowError("broken on purpose");
            }
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    @Test
    void resultOfACallThatCouldNotBeRemovedIsNotReused() {
        Key key = new Key();
        assertThatThrownBy(() -> flights.run(key, () -> "old")).isInstanceOf(StackOverflowError.class);

        assertThat(flights.run(key, () -> "new")).isEqualTo("new");
        assertThat(flights.run(key, () -> "newer")).isEqualTo("newer");
    }
}
