package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormsTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", " a", "CHANGE-1: \u00fc", "\u00a0x\u00a0", "\ud83d\ude0d"})
    void lineIsOfPrintableCharacters(String text) {
        assertThat(text).matches(Forms.LINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\u00a0\u3000", "a\n", "a\u0000", "\u0085a", "\u2028"})
    void blankTextAndControlCharactersAreNoLine(String text) {
        assertThat(text).doesNotMatch(Forms.LINE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1969-01-01T00:00:00Z",
                "10000-01-01T00:00:00Z",
                "2026-02-30T00:00:00Z",
                "2026-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-01-02T24:00:00Z",
                "2026-01-02T03:04Z",
                "2026-01-02T03:04:05",
                "2026-01-02 03:04:05Z",
                "2026-01-02T03:04:05.Z",
                "tomorrow"
            })
    void otherTextIsNoTime(String text) {
        assertThat(Forms.time(text)).isEmpty();
    }

    @Test
    void timeHasAnOffset() {
        assertThat(Forms.time("2026-01-02T03:04:05.678+01:00")).contains(Instant.parse("2026-01-02T02:04:05.678Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1972-02-29", "1980-02-29", "2000-02-29", "2024-02-29", "2400-02-29", "9996-02-29"})
    void leapDayOfALeapYearIsATime(String day) {
        assertThat(Forms.time(day + "T00:00:00Z")).contains(Instant.parse(day + "T00:00:00Z"));
        assertThat((day + "T00:00:00Z").matches(Forms.TIME)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1970-02-29", "1999-02-29", "2026-02-29", "2100-02-29", "9900-02-29"})
    void leapDayOfAnotherYearHasNotTheForm(String day) {
        assertThat((day + "T00:00:00Z").matches(Forms.TIME)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "data", "data/reporting", "a.b", ".a", "...", "..a", "*a", "a*/b-"})
    void mesosRoleHasNamedParts(String role) {
        assertThat(role).matches(Forms.MESOS_ROLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/.", "a/..", "a/*", "*/a", "-a", "a/-b", "a b"})
    void otherTextIsNoMesosRole(String role) {
        assertThat(role).doesNotMatch(Forms.MESOS_ROLE);
    }

    @Test
    void idIsWrittenInFullInEitherCase() {
        assertThat(Forms.id("2F1D6E0A-5a3b-4a6e-9a3d-6f0f3b1c8e55"))
                .contains(UUID.fromString("2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55"));
        assertThat(Forms.id("1-1-1-1-1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"arn:aws:iam::123456789012:role/x", "arn:aws-cn:iam::123456789012:role/a/b/x"})
    void arnOfAnIamRoleIsRead(String arn) {
        assertThat(Forms.iamRole(arn))
                .hasValueSatisfying(role -> assertThat(role.arn()).isEqualTo(arn));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"arn:aws:iam::1:role/x", "arn:aws:iam::123456789012:user/x", "arn:aws:iam::123456789012:role//x"
            })
    void otherArnIsNoIamRole(String arn) {
        assertThat(Forms.iamRole(arn)).isEmpty();
    }
}
