package io.mesosiam.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.Untried;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrialBatchTest {
    private static final String A = Trials.role(1).arn();
    private static final String B = Trials.role(2).arn();
    private static final String OTHER = Trials.role(9).arn();

    static Stream<Arguments> answers() {
        Untried untriedB = new Untried(B, "no-answer", "no");
        return Stream.of(
                Arguments.of("both refused", answer(List.of(), 2, List.of()), null),
                Arguments.of("each once", answer(List.of(A), 0, List.of(untriedB)), null),
                Arguments.of(
                        "not to be tried",
                        answer(List.of(OTHER), 1, List.of()),
                        "it names a role that was not to be tried"),
                Arguments.of(
                        "not to be tried either",
                        answer(List.of(), 1, List.of(new Untried(OTHER, "c", "m"))),
                        "it names a role that was not to be tried"),
                Arguments.of("twice", answer(List.of(A, A), 0, List.of()), "it names a role twice"),
                Arguments.of("in two lists", answer(List.of(B), 0, List.of(untriedB)), "it names a role twice"),
                Arguments.of("too many", answer(List.of(A), 2, List.of()), "it has another number of roles"),
                Arguments.of("too few", answer(List.of(), 1, List.of()), "it has another number of roles"),
                Arguments.of(
                        "overflow",
                        answer(List.of(A), Integer.MAX_VALUE, List.of()),
                        "it has another number of roles"));
    }

    private static RolesTried answer(List<String> assumable, int refused, List<Untried> untried) {
        return new RolesTried(1, assumable, refused, untried);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void answerHasEachRoleOnce(String ignored, RolesTried answer, String fault) {
        TrialBatch batch = new TrialBatch(1, Trials.host(1), Trials.WEB, List.of(Trials.role(1), Trials.role(2)));

        assertThat(batch.fault(answer).orElse(null)).isEqualTo(fault);
    }
}
