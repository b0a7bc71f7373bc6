package io.mesosiam.policy.lint;

import static io.mesosiam.policy.Policies.allow;
import static io.mesosiam.policy.Policies.denyAll;
import static io.mesosiam.policy.Policies.label;
import static io.mesosiam.policy.Policies.principal;
import static io.mesosiam.policy.Policies.rack;
import static io.mesosiam.policy.Policies.taskName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Selector;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LintTest {
    static Stream<Arguments> selectors() {
        return Stream.of(
                arguments(principal("svc-*"), List.of("framework_principal")),
                arguments(principal(" svc-web"), List.of("framework_principal")),
                arguments(principal(" svc-*"), List.of("framework_principal", "framework_principal")),
                arguments(new Selector.FrameworkName("web?"), List.of("framework_name")),
                arguments(new Selector.UnderMesosRole(new MesosRole("eng*")), List.of("mesos_role")),
                arguments(new Selector.UnderMesosRole(new MesosRole("*")), List.of()),
                arguments(new Selector.TaskUser("root "), List.of("task_user")),
                arguments(taskName("web-*"), List.of()),
                arguments(taskName("web-* "), List.of("task_name")),
                arguments(new Selector.Image(new Glob("\tweb")), List.of("image")),
                arguments(label("team", "data*"), List.of("labels")),
                arguments(label("team ", "data"), List.of("labels")),
                arguments(rack("r?"), List.of("agent_attributes")),
                arguments(rack("r 1"), List.of()));
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void selectorThatCanHardlyMatchIsReportedWithItsColumn(Selector selector, List<String> columns) {
        assertThat(Lint.of(allow("a", 0, selector)))
                .extracting(text -> text.substring(0, text.indexOf(':')))
                .isEqualTo(columns);
        assertThat(Lint.of(denyAll("d", selector))).hasSameSizeAs(columns);
    }

    @ParameterizedTest
    @CsvSource({
        "aws, eu-central-1, true",
        "aws, cn-north-1, false",
        "aws-cn, cn-north-1, true",
        "aws-cn, us-east-1, false",
        "aws, us-gov-west-1, false",
        "aws-us-gov, us-gov-west-1, true",
        "aws-iso-b, us-isob-east-1, true",
        "aws-iso, us-isob-east-1, false",
        "aws-eusc, eusc-de-east-1, true",
    })
    void regionOfAnotherPartitionIsReported(String partition, String region, boolean fits) {
        Entitlement given = Entitlement.of(new IamRole("arn:" + partition + ":iam::123456789012:role/web"))
                .with(draft -> draft.region = Optional.of(region));

        assertThat(Lint.of(allow("a", "default", 0, given, principal("svc-web"))))
                .hasSize(fits ? 0 : 1)
                .allSatisfy(text -> assertThat(text).startsWith("region: " + region));
    }
}
