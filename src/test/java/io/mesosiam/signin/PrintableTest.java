package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names can be shown as they are. */
class PrintableTest {
    @ParameterizedTest
    @ValueSource(strings = {"alice@example.org", "CN=x\\, y,O=Öl", "日本", "a b", "token:ci", "\uD83D\uDE00"})
    void ordinaryNameIsOne(String name) {
        assertThat(Printable.isName(name)).isTrue();
        assertThat(Printable.of(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb",
                "a\u0085b",
                "a\u009Bb",
                "a\u2028b",
                "a\u2029b",
                "a\u202Eb",
                "a\u200Bb",
                "a\uD83Db",
                "a\u0000b"
            })
    void nameThatWouldBeChangedToBeShownIsNone(String name) {
        assertThat(Printable.isName(name)).isFalse();
        assertThat(Printable.of(name)).isEqualTo("a?b");
    }

    @Test
    void blankNameAndTooLongNameAreNone() {
        assertThat(Printable.isName(" ")).isFalse();
        assertThat(Printable.isName("a".repeat(240))).isTrue();
        assertThat(Printable.isName("a".repeat(241))).isFalse();
    }
}
