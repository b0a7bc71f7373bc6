package io.mesosiam.policy;

import static io.mesosiam.policy.Policies.label;
import static io.mesosiam.policy.Policies.principal;
import static io.mesosiam.policy.Policies.rack;
import static io.mesosiam.policy.Policies.taskName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mesosiam.mesos.MesosRole;
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
                arguments(principal("svc-web"), web, Fit.HOLDS),
                arguments(principal("svc-*"), web, Fit.FAILS),
                arguments(principal("svc-web"), bare, Fit.FAILS),
                arguments(new Selector.FrameworkName("web-platform"), web, Fit.HOLDS),
                arguments(new Selector.FrameworkName("web"), web, Fit.FAILS),
                arguments(role("eng/data"), web, Fit.HOLDS),
                arguments(role("eng"), web, Fit.HOLDS),
                arguments(role("en"), web, Fit.FAILS),
                arguments(role("eng/data/etl"), web, Fit.FAILS),
                arguments(role("*"), web, Fit.FAILS),
                arguments(role("*"), bare, Fit.HOLDS),
                arguments(taskName("web-*"), web, Fit.HOLDS),
                arguments(taskName("web"), web, Fit.FAILS),
                arguments(new Selector.TaskUser("root"), web, Fit.HOLDS),
                arguments(new Selector.TaskUser("nobody"), bare, Fit.HOLDS),
                arguments(new Selector.TaskUser("root"), bare, Fit.FAILS),
                arguments(image("registry.example/team/*"), web, Fit.HOLDS),
                arguments(image("team/*"), web, Fit.FAILS),
                arguments(image("*"), bare, Fit.FAILS),
                arguments(label("team", "data"), web, Fit.HOLDS),
                arguments(label("team", "web"), web, Fit.HOLDS),
                arguments(label("team", "ml"), web, Fit.FAILS),
                arguments(key("team"), web, Fit.HOLDS),
                arguments(key("gpu"), web, Fit.HOLDS),
                arguments(label("gpu", ""), web, Fit.FAILS),
                arguments(key("gpu"), bare, Fit.FAILS),
                arguments(rack("r1"), web, Fit.HOLDS),
                arguments(rack("r2"), web, Fit.FAILS),
                arguments(attribute("zone"), web, Fit.HOLDS),
                arguments(attribute("disk"), web, Fit.FAILS),
                arguments(rack("r1"), Subjects.withoutAgent(), Fit.UNKNOWN),
                // a scalar, as masters of several versions and a policy write it
                arguments(rack("109"), Subjects.inRack("109.0"), Fit.HOLDS),
                arguments(rack("109.0"), Subjects.inRack("109"), Fit.HOLDS),
                arguments(rack("109"), Subjects.inRack("10.9"), Fit.FAILS),
                arguments(rack("[1-5, 6-9]"), Subjects.inRack("[1-9]"), Fit.HOLDS),
                // a range that is none, in the policy or on the host
                arguments(rack("[1-"), Subjects.inRack("r1"), Fit.UNEVALUABLE),
                arguments(rack("[1-5]"), Subjects.inRack("[5-1]"), Fit.UNEVALUABLE),
                arguments(attribute("rack"), Subjects.inRack("[5-1]"), Fit.HOLDS),
                // damaged values
                arguments(rack("r1"), Subjects.inRack("r\uFFFD"), Fit.UNEVALUABLE),
                arguments(attribute("rack"), Subjects.inRack("r\uFFFD"), Fit.HOLDS),
                arguments(taskName("web*"), Subjects.named("web\uFFFD"), Fit.UNEVALUABLE),
                arguments(label("team", "ml"), Subjects.labelled("team", "m\uFFFD"), Fit.UNEVALUABLE),
                arguments(label("team", "ml"), Subjects.labelled("t\uFFFDam", "ml"), Fit.UNEVALUABLE),
                arguments(label("team", "ml"), Subjects.labelled("other", "m\uFFFD"), Fit.FAILS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void holdsForTheTasksThatItDescribes(Selector selector, Subject subject, Fit fit) {
        assertThat(selector.fit(subject)).isEqualTo(fit);
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
