package io.mesosiam.line;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OneLineTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r\n",
                "\0",
                "\u007f",
                "\u0085",
                "\u009b31m",
                "\u2028",
                "\u2029",
                "\u202e",
                "\u200b",
                "\ud800"
            })
    void unprintableCharactersAreReplaced(String text) {
        assertThat(OneLine.of("a" + text)).startsWith("a ");
        assertThat(OneLine.marked("a" + text)).startsWith("a?");
        assertThat(OneLine.isPrintable(text)).isFalse();
    }

    @Test
    void printableTextIsUnchanged() {
        String text = "ä € 😀 \"x\" \\ '";
        assertThat(OneLine.of(text)).isEqualTo(text);
        assertThat(OneLine.marked(text)).isEqualTo(text);
        assertThat(OneLine.isPrintable(text)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"abc,3,abc", "abcd,3,abc…", "ab😀d,3,ab…", "ab😀d,4,ab😀…", "😀,1,…", "😀😀,3,😀…"})
    void noCharacterIsCutInHalf(String text, int longest, String cut) {
        assertThat(OneLine.cut(text, longest)).isEqualTo(cut);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a|a",
                "a b|\"a b\"",
                "a\" containerId=\"b|\"a' containerId='b\"",
                "a\u2028lease.issued|\"a?lease.issued\"",
                "a\u00a0b|\"a\u00a0b\"",
                "a\u202eb|a?b"
            })
    void valueInALogLineHasOneEnd(String value, String quoted) {
        assertThat(LogValue.of(value)).isEqualTo(quoted);
        assertThat(LogValue.quoted(value)).hasToString(quoted);
    }
}
