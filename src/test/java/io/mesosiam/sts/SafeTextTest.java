package io.mesosiam.sts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTest {
    private static final Pattern TAG_VALUE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");

    @ParameterizedTest
    @CsvSource({"web-1", "report 42 ü", "a.b/c=d+e@f:g_h"})
    void valueThatStsAcceptsIsUnchanged(String value) {
        assertThat(SafeText.of(value)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    report#42 (daily) 50%                          | report_42 _daily_ 50_-
                    ct:1:0:cleanup:--filter_list [{"days":3}]      | ct:1:0:cleanup:--filter_list ___days_:3__-
                    """)
    void rejectedCharactersBecomeUnderscoresAndADigestFollows(String value, String beginning) {
        assertThat(SafeText.of(value)).matches(Pattern.quote(beginning) + "[0-9a-f]{20}");
    }

    @Test
    void longValueIsCutAndEndsInItsDigest() {
        String value = "x".repeat(257);

        assertThat(SafeText.of(value)).hasSize(SafeText.MAX).matches("x{107}-[0-9a-f]{20}");
    }

    @Test
    void valueThatLooksLikeASafeFormIsChangedToo() {
        String victims = SafeText.of("a#");

        assertThat(SafeText.of(victims)).isNotEqualTo(victims).startsWith(victims + "-");
    }

    @Property
    void everyResultIsAcceptedBySts(@ForAll String value) {
        String safe = SafeText.of(value);

        assertThat(TAG_VALUE.matcher(safe).matches()).isTrue();
        assertThat(safe.codePointCount(0, safe.length())).isLessThanOrEqualTo(SafeText.MAX);
    }

    @Property
    void differentValuesStayDifferent(@ForAll String one, @ForAll String other) {
        Assume.that(!one.equals(other));

        assertThat(SafeText.of(one)).isNotEqualTo(SafeText.of(other));
    }
}
