package io.mesosiam.policy;

import static io.mesosiam.policy.Policies.label;
import static io.mesosiam.policy.Policies.principal;
import static io.mesosiam.policy.Policies.rack;
import static io.mesosiam.policy.Policies.taskName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.Selector.MatchResult;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SelectorTest {
    static Stream<Arguments> cases() {
        Subject web = Subjects.web();
        Subject bare = Subjects.bare();
        return Stream.of(
                arguments(principal("svc-web"), web, MatchResult.HOLDS),
                arguments(principal("svc-*"), web, MatchResult.FAILS),
                arguments(principal("svc-web"), bare, MatchResult.FAILS),
                arguments(new Selector.FrameworkName("web-platform"), web, MatchResult.HOLDS),
                arguments(new Selector.FrameworkName("web"), web, MatchResult.FAILS),
                arguments(role("eng/data"), web, MatchResult.HOLDS),
                arguments(role("eng"), web, MatchResult.HOLDS),
                arguments(role("en"), web, MatchResult.FAILS),
                arguments(role("eng/data/etl"), web, MatchResult.FAILS),
                arguments(role("*"), web, MatchResult.FAILS),
                arguments(role("*"), bare, MatchResult.HOLDS),
                arguments(taskName("web-*"), web, MatchResult.HOLDS),
                arguments(taskName("web"), web, MatchResult.FAILS),
                arguments(new Selector.TaskUser("root"), web, MatchResult.HOLDS),
                arguments(new Selector.TaskUser("nobody"), bare, MatchResult.HOLDS),
                arguments(new Selector.TaskUser("root"), bare, MatchResult.FAILS),
                arguments(image("registry.example/team/*"), web, MatchResult.HOLDS),
                arguments(image("team/*"), web, MatchResult.FAILS),
                arguments(image("*"), bare, MatchResult.FAILS),
                arguments(label("team", "data"), web, MatchResult.HOLDS),
                arguments(label("team", "web"), web, MatchResult.HOLDS),
                arguments(label("team", "ml"), web, MatchResult.FAILS),
                arguments(key("team"), web, MatchResult.HOLDS),
                arguments(key("gpu"), web, MatchResult.HOLDS),
                arguments(label("gpu", ""), web, MatchResult.FAILS),
                arguments(key("gpu"), bare, MatchResult.FAILS),
                arguments(rack("r1"), web, MatchResult.HOLDS),
                arguments(rack("r2"), web, MatchResult.FAILS),
                arguments(attribute("zone"), web, MatchResult.HOLDS),
                arguments(attribute("disk"), web, MatchResult.FAILS),
                arguments(rack("r1"), Subjects.withoutAgent(), MatchResult.UNKNOWN),
                // A scalar in the notations of several master versions and of policies.
                arguments(rack("109"), Subjects.inRack("109.0"), MatchResult.HOLDS),
                arguments(rack("109.0"), Subjects.inRack("109"), MatchResult.HOLDS),
                arguments(rack("109"), Subjects.inRack("10.9"), MatchResult.FAILS),
                arguments(rack("[1-5, 6-9]"), Subjects.inRack("[1-9]"), MatchResult.HOLDS),
                // An invalid range, in the policy or on the host.
                arguments(rack("[1-"), Subjects.inRack("r1"), MatchResult.UNEVALUABLE),
                arguments(rack("[1-5]"), Subjects.inRack("[5-1]"), MatchResult.UNEVALUABLE),
                arguments(attribute("rack"), Subjects.inRack("[5-1]"), MatchResult.HOLDS),
                // Damaged values.
                arguments(rack("r1"), Subjects.inRack("r\uFFFD"), MatchResult.UNEVALUABLE),
                arguments(attribute("rack"), Subjects.inRack("r\uFFFD"), MatchResult.HOLDS),
                arguments(taskName("web*"), Subjects.named("web\uFFFD"), MatchResult.UNEVALUABLE),
                arguments(label("team", "ml"), Subjects.labelled("team", "m\uFFFD"), MatchResult.UNEVALUABLE),
                arguments(label("team", "ml"), Subjects.labelled("t\uFFFDam", "ml"), MatchResult.UNEVALUABLE),
                arguments(label("team", "ml"), Subjects.labelled("other", "m\uFFFD"), MatchResult.FAILS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void selectorMatchesItsTasks(Selector selector, Subject subject, MatchResult expected) {
        assertThat(selector.match(subject)).isEqualTo(expected);
    }

    private static Selector role(String role) {
        return new Selector.UnderMesosRole(new MesosRole(role));
    }

    private static Selector image(String glob) {
        return new Selector.Image(new Glob(glob));
    }

    private static Selector key(String key) {
        return new Selector.HasLabel(key, Optional.empty());
    }

    private static Selector attribute(String name) {
        return new Selector.AgentAttribute(name, Optional.empty());
    }
}
