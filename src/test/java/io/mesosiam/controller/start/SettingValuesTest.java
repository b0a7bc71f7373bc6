package io.mesosiam.controller.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.controller.start.SettingBounds.Bounds;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each value of a setting either works or is reported in one line. */
class SettingValuesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mesos-iam.lease.full-pass           | 5                  | is a duration without a unit. Write a number with a unit: 500ms, 30s, 5m, 24h.
            mesos-iam.lease.full-pass           | 1ms                | is too short. Write a value from 10s to 24h.
            mesos-iam.lease.full-pass           | 9999h              | is too long. Write a value from 10s to 24h.
            mesos-iam.lease.full-pass           | 9999999999999999h  | is not a duration. Write a number with a unit: 500ms, 30s, 5m, 24h.
            mesos-iam.channel.ping-interval     | 1ms                | is too short. Write a value from 1s to 5m.
            mesos-iam.channel.ping-interval     | 30d                | is too long. Write a value from 1s to 5m.
            mesos-iam.channel.hello-timeout     | 5 parsecs          | is not a duration. Write a number with a unit: 500ms, 30s, 5m, 24h.
            mesos-iam.sts.longest-session       | 13h                | is too long. Write a value from 15m to 12h.
            mesos-iam.mesos.poll-alone-interval | 1s                 | is too short. Write a value from 2s to 10m.
            mesos-iam.lease.journal-capacity    | 2000000000         | is too large. Write a value from 100 to 1000000.
            mesos-iam.lease.journal-capacity    | 20000000000        | is not a whole number in range. Write a whole number, from 100 to 1000000.
            mesos-iam.lease.concurrent-calls    | 2.5                | is not a whole number in range. Write a whole number, from 1 to 10000.
            mesos-iam.mesos.max-snapshot-bytes  | 1GiB               | is not a whole number in range. Write a whole number, from 1048576 to 17179869184.
            mesos-iam.mesos.max-snapshot-bytes  | 1                  | is too small. Write a value from 1048576 to 17179869184.
            mesos-iam.sts.attempt-timeout       | 21s                | is longer than mesos-iam.sts.call-timeout=20s. Write a shorter time, or a longer one for mesos-iam.sts.call-timeout.
            mesos-iam.sts.region                | Europe             | is not an AWS region's name. Write it as AWS does: eu-west-1.
            mesos-iam.sts.region                | EU-WEST-1          | is not an AWS region's name. Write it as AWS does: eu-west-1.
            mesos-iam.mesos.principal           | me:secret          | can't be sent: a principal in HTTP Basic authentication has no colon and no control characters. Write the principal alone; its secret belongs into mesos-iam.mesos.secret-file.
            mesos-iam.mesos.masters             | http://m:99999     | is no http or https URL. Write http://host:port or https://host:port.
            mesos-iam.mesos.alias               | foo                | has no =. Write advertised=http://host:port, several with commas between.
            mesos-iam.mesos.alias               | a=ftp://b          | is no http or https URL. Write http://host:port or https://host:port.
            mesos-iam.mesos.aliases.a           | nowhere            | is no http or https URL. Write http://host:port or https://host:port.
            quarkus.datasource.jdbc.max-size    | 0                  | is not a number of connections. Write a whole number from 1.
            quarkus.datasource.reactive.max-size | many              | is not a number of connections. Write a whole number from 1.
            quarkus.datasource.admin.reactive.max-size | -1          | is not a number of connections. Write a whole number from 1.
            quarkus.datasource.session.reactive.max-size | 1.5       | is not a number of connections. Write a whole number from 1.
            """)
    void invalidValueIsOneLineWithTheCure(String setting, String value, String problem) {
        assertThat(lines(Map.of(setting, value)))
                .singleElement()
                .asString()
                .startsWith(setting + "=")
                .endsWith(": " + problem);
    }

    @Test
    void aliasOfTwoMastersIsRefused() {
        assertThat(lines(Map.of(
                        "mesos-iam.mesos.alias", "M=http://a:1",
                        "mesos-iam.mesos.aliases.m", "http://b:1")))
                .singleElement()
                .asString()
                .contains("leads one advertised name to two places");
    }

    @Test
    void emptyEntryInTheListOfMastersIsRefused() {
        assertThat(lines(Map.of("mesos-iam.mesos.masters", "http://a:1,,http://b:1")))
                .containsExactly("mesos-iam.mesos.masters=: has a comma without a URL on each side. Remove the comma.");
    }

    @Test
    void referenceToAnUnsetVariableIsReported() {
        assertThat(lines(Map.of("mesos-iam.lease.full-pass", "${NO_SUCH_VARIABLE}")))
                .containsExactly(
                        "mesos-iam.lease.full-pass: refers with ${…} to a variable that is not set. Set that variable, or"
                                + " write the value itself.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mesos-iam.mesos.alias | a=http://u:hunter2@h ost",
                "mesos-iam.mesos.alias | a=http://u:hunter2,x@h",
                "mesos-iam.mesos.alias | a=http://u:x,hunter2@h",
                "mesos-iam.mesos.alias | http://u:hunter2@h=http://h",
                "mesos-iam.mesos.masters | http://u:hunter2,x@h",
                "mesos-iam.mesos.masters | http://u:x,hunter2@h",
                "mesos-iam.mesos.masters | http://a:5050,http://u:hunter2@h",
                "mesos-iam.mesos.masters | ftp://h:5050?hunter2",
                "mesos-iam.mesos.masters | http://h:5050?hunter2"
            })
    void passwordInAUrlIsNeverPrinted(String setting, String text) {
        assertThat(lines(Map.of(setting, text))).isNotEmpty().allSatisfy(line -> assertThat(line)
                .doesNotContain("hunter2"));
    }

    @Test
    void everyDurationAndNumberHasBoundsThatIncludeItsDefault() {
        Set<String> bounded = new TreeSet<>(SettingBounds.ALL.keySet());
        // AddressChecks has the bounds of ports
        bounded.addAll(List.of("mesos-iam.channel.port", "mesos-iam.enrol.port"));

        assertThat(bounded).containsExactlyInAnyOrderElementsOf(durationsAndNumbers());
        assertThat(lines(Map.of())).isEmpty();
    }

    @Test
    void valuesAtTheBoundsAreAllowedAndOutsideOfThemAreNot() {
        SettingBounds.ALL.forEach((setting, bounds) -> {
            switch (bounds) {
                case Bounds.Time time -> {
                    assertThat(SettingBounds.problem(setting, "", parsed(time.least())))
                            .isEmpty();
                    assertThat(SettingBounds.problem(setting, "", parsed(time.most())))
                            .isEmpty();
                    assertThat(SettingBounds.problem(
                                    setting, "", parsed(time.least()).minusNanos(1)))
                            .isPresent();
                    assertThat(SettingBounds.problem(
                                    setting, "", parsed(time.most()).plusNanos(1)))
                            .isPresent();
                }
                case Bounds.Count count -> {
                    assertThat(SettingBounds.problem(setting, "", count.least()))
                            .isEmpty();
                    assertThat(SettingBounds.problem(setting, "", count.most())).isEmpty();
                    assertThat(SettingBounds.problem(setting, "", count.least() - 1))
                            .isPresent();
                    assertThat(SettingBounds.problem(setting, "", count.most() + 1))
                            .isPresent();
                }
            }
        });
    }

    @Test
    void boundsAreInTheDocs() throws IOException {
        List<String> docs = Files.readAllLines(Path.of("docs/controller.md"));

        SettingBounds.ALL.forEach((setting, bounds) -> assertThat(docs).anySatisfy(line -> assertThat(line)
                .startsWith("| `" + setting + "` |")
                .contains("| `" + bounds.text().replace(" to ", "` – `") + "` |")));
    }

    @Test
    void emptyVariableIsReportedUnderItsGivenName() {
        List<String> lines = EmptySettings.problems(
                        new SettingNames(new Settings(config(Map.of())).names()),
                        Map.of("mesos-iam.sts.region", " ", "mesos-iam.mesos.aliases.a", "", "other", ""),
                        Map.of(
                                "MESOS_IAM_LEASE_FULL_PASS",
                                "",
                                "QUARKUS_FLYWAY_USERNAME",
                                "",
                                "MESOS_IAM_AGENT_LISTEN",
                                "",
                                "X",
                                ""))
                .stream()
                .map(StartProblem::line)
                .toList();

        assertThat(lines)
                .containsExactly(
                        empty("MESOS_IAM_LEASE_FULL_PASS"),
                        empty("QUARKUS_FLYWAY_USERNAME"),
                        empty("mesos-iam.mesos.aliases.a"),
                        empty("mesos-iam.sts.region"));
    }

    @Test
    void emptySettingIsNotReportedAsMissingToo() {
        StartProblem empty =
                StartProblem.setting("MESOS_IAM_CHANNEL_CA_FILE", "", "is not set, since its value is empty", "x");

        assertThat(EmptySettings.once(
                        List.of(empty),
                        List.of(
                                StartProblem.missing("mesos-iam.channel.ca-file", "y"),
                                StartProblem.missing("mesos-iam.channel.key-file", "y"))))
                .extracting(StartProblem::setting)
                .containsExactly("MESOS_IAM_CHANNEL_CA_FILE", "mesos-iam.channel.key-file");
    }

    private static String empty(String name) {
        return name + ": is not set, since its value is empty. Give it a value, or remove it.";
    }

    private static Duration parsed(String text) {
        return DurationConverter.parseDuration(text);
    }

    private static List<String> durationsAndNumbers() {
        List<String> names = new ArrayList<>();
        for (Class<?> declared : Settings.DECLARED) {
            addDurationsAndNumbers(declared.getAnnotation(ConfigMapping.class).prefix(), declared, names);
        }
        return names;
    }

    private static void addDurationsAndNumbers(String prefix, Class<?> declared, List<String> names) {
        for (var method : declared.getMethods()) {
            String name =
                    prefix + "." + method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
            Class<?> type = method.getReturnType();
            if (Set.of(Duration.class, int.class, long.class).contains(type)
                    || method.getGenericReturnType().getTypeName().equals("java.util.Optional<java.time.Duration>")) {
                names.add(name);
            } else if (type.isInterface() && type.getName().startsWith("io.mesosiam.")) {
                addDurationsAndNumbers(name, type, names);
            }
        }
    }

    private static List<String> lines(Map<String, String> given) {
        Settings settings = new Settings(config(given));
        List<StartProblem> problems = new ArrayList<>(settings.problems());
        problems.addAll(TextChecks.problems(settings));
        problems.addAll(AliasChecks.problems(settings, settings.given()));
        AddressChecks.problems(settings).stream()
                .filter(problem -> problem.setting().startsWith("mesos-iam.mesos"))
                .forEach(problems::add);
        return problems.stream().map(StartProblem::line).toList();
    }

    private static SmallRyeConfig config(Map<String, String> given) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(given, "test", 100))
                .build();
    }
}
