package io.mesosiam.policy.lint;

import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Partition;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds valid policies that are probably mistakes, such as a selector that no task matches or a region that can't serve
 * the IAM role.
 */
public final class Lint {
    private Lint() {}

    /** Returns one sentence for each finding; it begins with the column. */
    public static List<String> of(Policy policy) {
        return Stream.concat(policy.selectors().stream().flatMap(Lint::selector), rule(policy.rule()).stream())
                .toList();
    }

    private static Stream<String> selector(Selector selector) {
        return switch (selector) {
            case Selector.FrameworkPrincipal s -> exact("framework_principal", s.wanted());
            case Selector.FrameworkName s -> exact("framework_name", s.wanted());
            // '*' alone is a valid Mesos role.
            case Selector.UnderMesosRole s -> s.wanted().equals("*") ? Stream.empty() : exact("mesos_role", s.wanted());
            case Selector.TaskUser s -> exact("task_user", s.wanted());
            case Selector.TaskName s -> blanks("task_name", s.wanted());
            case Selector.Image s -> blanks("image", s.wanted());
            case Selector.HasLabel s ->
                Stream.concat(exact("labels", s.name()), s.value().stream().flatMap(v -> exact("labels", v)));
            case Selector.AgentAttribute s ->
                Stream.concat(
                        exact("agent_attributes", s.name()),
                        s.value().stream().flatMap(v -> exact("agent_attributes", v)));
            case Selector.Unreadable s -> Stream.of(s.mismatch());
        };
    }

    private static Stream<String> exact(String column, String text) {
        Stream<String> glob = Stream.of(text)
                .filter(t -> t.indexOf('*') >= 0 || t.indexOf('?') >= 0)
                .map(t -> "%s: '%s' is compared literally: * and ? are not wildcards here".formatted(column, t));
        return Stream.concat(blanks(column, text), glob);
    }

    private static Stream<String> blanks(String column, String text) {
        return Stream.of(text)
                .filter(Predicate.not(t -> t.equals(t.strip())))
                .map(t -> "%s: '%s' begins or ends with a blank, which must be in the task's value too"
                        .formatted(column, t));
    }

    private static Optional<String> rule(Rule rule) {
        return switch (rule) {
            case Rule.Deny deny -> Optional.empty();
            case Rule.Allow allow -> region(allow.entitlement());
        };
    }

    private static Optional<String> region(Entitlement given) {
        return given.region()
                .filter(region ->
                        !Partition.ofRegion(region).equals(given.role().partition()))
                .map(region -> "region: %s is in the partition %s, but the IAM role is in %s: STS refuses every session"
                        .formatted(
                                region, Partition.ofRegion(region), given.role().partition()));
    }
}
