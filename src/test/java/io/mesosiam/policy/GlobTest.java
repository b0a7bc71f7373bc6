package io.mesosiam.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            web       | web        | true
            web       | web2       | false
            web       | my-web     | false
            web*      | web        | true
            web*      | web-1      | true
            *web      | my-web     | true
            *web      | my-web-1   | false
            w?b       | wob        | true
            w?b       | wb         | false
            ?         | 😀         | true
            ??        | 😀         | false
            a*b*c     | a-b-c-b-c  | true
            a*b*c     | a-c-b      | false
            *a?c*     | xxabcabd   | true
            web.*     | webx1      | false
            [a-z]     | a          | false
            *         | ''         | true
            ?         | ''         | false
            """)
    void matchesTheWholeText(String pattern, String text, boolean matches) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(matches);
    }

    @Test
    void emptyPatternIsRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Glob(""));
    }

    /** A backtracking matcher would need 2^40 steps here. */
    @Test
    void hostileNameTakesTimeProportionalToItsLength() {
        Glob glob = new Glob("*a".repeat(511) + "b");

        assertThat(glob.matches("a".repeat(100_000))).isFalse();
    }

    @Property
    void matchesLikeARegularExpression(@ForAll("patterns") String pattern, @ForAll("texts") String text) {
        String regex = pattern.chars()
                .mapToObj(c -> switch (c) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(c));
                })
                .collect(Collectors.joining());

        assertThat(new Glob(pattern).matches(text))
                .isEqualTo(Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches());
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars("ab*?.").ofMinLength(1).ofMaxLength(8);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("ab.\n").ofMaxLength(10);
    }
}
