package io.mesosiam.controller.start;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds settings with an empty value, such as {@code MESOS_IAM_STS_REGION=}. Each is refused, because it is unknown
 * whether the default was intended or a variable of a script was empty.
 */
final class EmptySettings {
    private EmptySettings() {}

    /**
     * Checks the given values of known names; unknown names are skipped.
     *
     * @param given names and values of properties, from files and system properties
     * @param environment names and values of environment variables
     */
    static List<StartProblem> problems(SettingNames names, Map<String, String> given, Map<String, String> environment) {
        List<StartProblem> problems = new ArrayList<>();
        new TreeMap<>(environment).forEach((variable, value) -> {
            if (value.isBlank() && names.isVariable(variable)) {
                problems.add(empty(variable));
            }
        });
        new TreeMap<>(given).forEach((name, value) -> {
            // the configuration library lists a variable under both forms of its name
            if (value.isBlank() && names.isProperty(name) && !environment.containsKey(SettingNames.variable(name))) {
                problems.add(empty(name));
            }
        });
        return problems;
    }

    /**
     * Combines both lists, without the problems that follow from an empty setting: that it is missing, and that the
     * database refuses a user with an empty password.
     */
    static List<StartProblem> once(List<StartProblem> empty, List<StartProblem> others) {
        List<String> known = empty.stream()
                .map(problem -> SettingNames.variable(problem.setting()))
                .toList();
        List<StartProblem> all = new ArrayList<>(empty);
        others.stream()
                .filter(problem -> !(problem.problem().startsWith(StartProblem.MISSING)
                        && known.contains(SettingNames.variable(problem.setting()))))
                .filter(problem -> !(problem.problem().startsWith(DatabaseLogin.REFUSED)
                        && known.contains(
                                SettingNames.variable(problem.setting()).replaceFirst("USERNAME$", "PASSWORD"))))
                .forEach(all::add);
        return List.copyOf(all);
    }

    private static StartProblem empty(String name) {
        return new StartProblem(
                StartProblem.Kind.SETTING,
                name,
                Optional.empty(),
                "is not set, since its value is empty",
                "Give it a value, or remove it");
    }
}
