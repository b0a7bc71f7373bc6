package io.mesosiam.controller.start;

import io.smallrye.config.SmallRyeConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All start checks, so that an operator sees every problem at once. */
public final class StartCheck {
    private StartCheck() {}

    /**
     * Runs every check that is possible before the controller starts. It briefly opens a connection to the database and
     * the ports, and changes nothing.
     *
     * @param config the settings of all sources
     * @param environment the process's environment variables
     * @param now the time that certificates are compared with
     */
    public static List<StartProblem> problems(SmallRyeConfig config, Map<String, String> environment, Instant now) {
        Settings settings = new Settings(config);
        SettingNames names = new SettingNames(settings.names());
        Map<String, String> given = settings.given();
        List<StartProblem> problems = new ArrayList<>();
        problems.addAll(names.problems(given.keySet(), environment));
        problems.addAll(settings.problems());
        problems.addAll(QuarkusSettings.unsafe(settings));
        Set<String> refused = problems.stream().map(StartProblem::setting).collect(Collectors.toSet());
        QuarkusSettings.notOffered(settings.givenByOperators(), environment.keySet()).stream()
                .filter(problem -> !refused.contains(problem.setting()))
                .forEach(problems::add);
        problems.addAll(TextChecks.problems(settings));
        problems.addAll(FileChecks.problems(settings, now));
        problems.addAll(SignInChecks.problems(settings));
        problems.addAll(AddressChecks.problems(settings));
        problems.addAll(AliasChecks.problems(settings, given));
        problems.addAll(DatabaseCheck.problems(settings));
        return asGiven(config, EmptySettings.once(EmptySettings.problems(names, given, environment), problems));
    }

    /** Names each setting as the operator gave it: a variable of the environment by the variable's name. */
    private static List<StartProblem> asGiven(SmallRyeConfig config, List<StartProblem> problems) {
        return problems.stream()
                .map(problem ->
                        String.valueOf(config.getConfigValue(problem.setting()).getConfigSourceName())
                                        .startsWith("EnvConfigSource")
                                ? problem.named(SettingNames.variable(problem.setting()))
                                : problem)
                .toList();
    }

    /**
     * Configurations that work but are less safe than they could be. Called only when there are no {@link #problems},
     * since it opens another connection to the database.
     */
    public static List<StartProblem> warnings(SmallRyeConfig config) {
        Settings settings = new Settings(config);
        List<StartProblem> warnings = new ArrayList<>(FileChecks.warnings(settings));
        warnings.addAll(AddressChecks.warnings(settings));
        warnings.addAll(DatabaseCheck.warnings(settings));
        return asGiven(config, warnings);
    }
}
