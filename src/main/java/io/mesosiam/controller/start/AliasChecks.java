package io.mesosiam.controller.start;

import static java.util.Locale.ROOT;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks the aliases of masters, in both of their forms: each maps one name to one URL. */
final class AliasChecks {
    private static final String LIST = "mesos-iam.mesos.alias";
    private static final String MAP = "mesos-iam.mesos.aliases.";

    private final Map<String, String> targets = new HashMap<>();
    private final List<StartProblem> problems = new ArrayList<>();

    private AliasChecks() {}

    /** @param given names and values of all properties */
    static List<StartProblem> problems(Settings settings, Map<String, String> given) {
        AliasChecks checks = new AliasChecks();
        given.forEach((name, value) -> {
            if (name.startsWith(MAP) && !value.isBlank()) {
                checks.alias(name, value, name.substring(MAP.length()).replace("\"", ""), value);
            }
        });
        Optional<String> list = settings.text(LIST);
        if (list.filter(text -> text.contains("@")).isPresent()) {
            // a password can have commas and equals signs
            checks.problems.add(AddressChecks.withUser(LIST));
            return checks.problems;
        }
        for (String pair : list.map(text -> text.split(",")).orElse(new String[0])) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                checks.problems.add(StartProblem.setting(
                        LIST,
                        pair.strip(),
                        "has no =",
                        "Write advertised=http://host:port, several with commas between"));
            } else {
                checks.alias(
                        LIST,
                        pair.strip(),
                        pair.substring(0, equals).strip(),
                        pair.substring(equals + 1).strip());
            }
        }
        return checks.problems;
    }

    private void alias(String setting, String shown, String name, String target) {
        if (name.isEmpty() || name.contains("/")) {
            problems.add(StartProblem.setting(
                    setting,
                    shown,
                    "has no advertised name before the =",
                    "Write it as masters do: host or host:port"));
        }
        AddressChecks.master(setting, target).ifPresent(problems::add);
        Optional<String> other = Optional.ofNullable(targets.put(name.toLowerCase(ROOT), target));
        if (other.filter(url -> !url.equals(target)).isPresent()) {
            problems.add(StartProblem.setting(
                    setting, shown, "leads one advertised name to two places", "Write each name once"));
        }
    }
}
