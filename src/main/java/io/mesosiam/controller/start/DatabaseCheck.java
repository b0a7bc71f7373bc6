package io.mesosiam.controller.start;

import static java.util.Locale.ROOT;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** The database: its two URLs are of the right kind, and both of its users can connect and have their rights. */
final class DatabaseCheck {
    private static final String JDBC = "quarkus.datasource.jdbc.url";
    private static final String REACTIVE = "quarkus.datasource.reactive.url";
    private static final String USER = "quarkus.datasource.username";
    private static final String PASSWORD = "quarkus.datasource.password";
    private static final String OWNER = "quarkus.flyway.username";
    private static final String OWNER_PASSWORD = "quarkus.flyway.password";
    private static final String MIGRATE = "quarkus.flyway.migrate-at-start";
    private static final String TIMEOUT_SECONDS = "5";

    private DatabaseCheck() {}

    static List<StartProblem> problems(Settings settings) {
        List<StartProblem> problems = new ArrayList<>();
        Optional<String> jdbc =
                url(settings, JDBC, "jdbc:postgresql:", "jdbc:postgresql://host:5432/mesosiam", problems);
        Optional<String> reactive = url(settings, REACTIVE, "postgresql:", "postgresql://host:5432/mesosiam", problems);
        if (jdbc.isPresent() && reactive.isPresent() && !place(jdbc.get()).equals(place(reactive.get()))) {
            problems.add(StartProblem.setting(
                    REACTIVE,
                    bare(reactive.get()).replaceFirst("//[^/@]*@", "//…@"),
                    "names another server or database than " + JDBC,
                    "Write the same place in both"));
        }
        settings.text(MIGRATE)
                .filter(text -> !text.matches("(?i)true|false"))
                .ifPresent(text -> problems.add(
                        StartProblem.setting(MIGRATE, text, "is not true or false", "Write true or false")));
        Optional<String> user = settings.text(USER);
        if (user.isEmpty()) {
            problems.add(StartProblem.missing(USER, "Name the database user of the controllers"));
        }
        if (jdbc.isPresent() && user.isPresent()) {
            Login application = login(settings, jdbc.get(), USER, PASSWORD);
            application.problem().ifPresent(problems::add);
            if (problems.isEmpty() && settings.text(OWNER).isPresent()) {
                Login owner = login(settings, jdbc.get(), OWNER, OWNER_PASSWORD);
                owner.problem().ifPresent(problems::add);
                if (owner.problem().isEmpty() && migrates(settings)) {
                    rights(settings, application, owner).ifPresent(problems::add);
                }
            }
        }
        return problems;
    }

    private static boolean migrates(Settings settings) {
        return !settings.text(MIGRATE).filter("false"::equalsIgnoreCase).isPresent();
    }

    /** Two users that are swapped can both connect; then the migrations fail half-way, or the controllers own the audit trail. */
    private static Optional<StartProblem> rights(Settings settings, Login application, Login owner) {
        String ownerName = settings.text(OWNER).orElse("");
        String applicationName = settings.text(USER).orElse("");
        if (owner.migrates() || ownerName.equals(applicationName)) {
            return Optional.empty();
        }
        return Optional.of(
                application.migrates()
                        ? StartProblem.setting(
                                OWNER,
                                ownerName,
                                "doesn't own the tables, and " + USER + "=" + applicationName + " does",
                                "Swap the two users and their passwords")
                        : StartProblem.surroundings(
                                OWNER,
                                ownerName,
                                "may not make tables in this database, or doesn't own those that are there",
                                "Name the database's owner: see docs/controller.md, \"Set up the database\""));
    }

    private static Optional<String> url(
            Settings settings, String name, String scheme, String example, List<StartProblem> problems) {
        Optional<String> url = settings.text(name);
        if (url.isEmpty()) {
            problems.add(StartProblem.missing(name, "Write " + example));
            return url;
        }
        String text = url.get().toLowerCase(ROOT).replaceFirst("^vertx-reactive:", "");
        if (text.startsWith(scheme)) {
            return url;
        }
        String problem = text.contains("postgresql:")
                ? "is a URL for the other of " + JDBC + " and " + REACTIVE
                : "is no PostgreSQL URL";
        // the text may hold a password
        problems.add(new StartProblem(StartProblem.Kind.SETTING, name, Optional.empty(), problem, "Write " + example));
        return Optional.empty();
    }

    /** Servers and database of a URL: without scheme, user, parameters and the usual port. */
    private static String place(String url) {
        return bare(url)
                .replaceFirst("^[^/]*//", "")
                .replaceFirst("^[^/@]*@", "")
                .replace(":5432", "")
                .toLowerCase(ROOT);
    }

    /**
     * What came of signing in.
     *
     * @param migrates whether the user can run the migrations: it may make tables and owns those that are there
     */
    private record Login(Optional<StartProblem> problem, boolean migrates) {}

    private static final String MIGRATES = """
            select coalesce(has_schema_privilege(current_schema(), 'create'), false) and not exists (
                select from pg_tables where schemaname = current_schema()
                    and tablename in ('flyway_schema_history', 'policy') and not pg_has_role(tableowner, 'usage'))""";

    private static Login login(Settings settings, String url, String user, String password) {
        Properties login = new Properties();
        login.setProperty("user", settings.text(user).orElse(""));
        settings.text(password).ifPresent(text -> login.setProperty("password", text));
        login.setProperty("connectTimeout", TIMEOUT_SECONDS);
        login.setProperty("loginTimeout", TIMEOUT_SECONDS);
        login.setProperty("socketTimeout", TIMEOUT_SECONDS);
        try (Connection connection = DriverManager.getConnection(url, login);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(MIGRATES)) {
            return new Login(Optional.empty(), rows.next() && rows.getBoolean(1));
        } catch (SQLException e) {
            return new Login(
                    Optional.of(problem(e, url, user, settings.text(user).orElse(""))), false);
        }
    }

    /** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
    private static StartProblem problem(SQLException e, String url, String userSetting, String user) {
        String state = Optional.ofNullable(e.getSQLState()).orElse("");
        return switch (state) {
            case "28P01", "28000", "08004" ->
                StartProblem.setting(
                        userSetting,
                        user,
                        "PostgreSQL refuses this user (" + reason(e) + ")",
                        "Correct the user, its password, or pg_hba.conf");
            case "3D000" ->
                StartProblem.surroundings(
                        JDBC,
                        bare(url),
                        "this database does not exist",
                        "Create it: see docs/controller.md, \"Set up the database\"");
            case "42501" ->
                StartProblem.surroundings(
                        userSetting,
                        user,
                        "has no right to connect to this database",
                        "Grant connect on the database to the user");
            case "57P03" -> unreachable(url, "it is starting or stopping");
            case "53300" -> unreachable(url, "it has no connection free");
            default -> unreachable(url, reason(e));
        };
    }

    private static StartProblem unreachable(String url, String why) {
        return StartProblem.surroundings(
                JDBC, bare(url), "the database can't be reached (" + why + ")", "Start PostgreSQL, or correct the URL");
    }

    private static String reason(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse("").replaceFirst("\\.$", "").replaceFirst("^(FATAL|ERROR): ", "");
    }

    /** The URL without its parameters, which may hold a password. */
    private static String bare(String url) {
        return url.replaceFirst("\\?.*$", "");
    }
}
