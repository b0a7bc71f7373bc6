package io.mesosiam.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureKindTest {
    @Test
    void kindIsTheClassAndThePlaceWithoutTheMessage() {
        FailureKind kind = FailureKind.of(thrown("secret"));

        assertThat(kind.exception()).isEqualTo("java.lang.IllegalStateException");
        assertThat(kind.place()).startsWith("io.mesosiam.failure.FailureKindTest.thrown:");
        assertThat(kind.toString()).doesNotContain("secret");
    }

    @Test
    void exceptionsFromOnePlaceAreOfOneKindWhateverTheirMessages() {
        assertThat(FailureKind.of(thrown("one"))).isEqualTo(FailureKind.of(thrown("two")));
    }

    @Test
    void placeOfAnExceptionWithoutAStackTraceIsUnknown() {
        Exception failure = thrown("secret");
        failure.setStackTrace(new StackTraceElement[0]);

        assertThat(FailureKind.of(failure).place()).isEqualTo("unknown");
    }

    private static IllegalStateException thrown(String message) {
        return new IllegalStateException(message);
    }
}
