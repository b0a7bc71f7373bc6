package io.mesosiam.controller.start;

import static java.util.Locale.ROOT;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks the database: its two URLs have the right form, and both of its users can connect and have their rights. */
final class DatabaseCheck {
    static final String JDBC = "quarkus.datasource.jdbc.url";
    private static final String REACTIVE = "quarkus.datasource.reactive.url";
    private static final String SESSION = "quarkus.datasource.session.reactive.url";
    private static final String POOLED = "quarkus.datasource.reactive.postgresql.use-layer7-proxy";
    private static final String CACHED = "quarkus.datasource.reactive.cache-prepared-statements";
    private static final String USER = "quarkus.datasource.username";
    private static final String PASSWORD = "quarkus.datasource.password";
    private static final String ADMINISTRATION = "quarkus.datasource.admin.username";
    private static final String ADMINISTRATION_PASSWORD = "quarkus.datasource.admin.password";
    private static final String OWNER = "quarkus.flyway.username";
    private static final String OWNER_PASSWORD = "quarkus.flyway.password";
    private static final String MIGRATE = "quarkus.flyway.migrate-at-start";

    private static final Pattern AUTHORITY = Pattern.compile("^[^/?]*//([^/?]*)");
    private static final Pattern SERVER = Pattern.compile("(?:\\[[0-9a-f:.%]+]|[^:\\[\\]\\s]*)(?::(\\d+))?");

    private DatabaseCheck() {}

    static List<StartProblem> problems(Settings settings) {
        List<StartProblem> problems = new ArrayList<>();
        Optional<String> jdbc =
                url(settings, JDBC, "jdbc:postgresql:", "jdbc:postgresql://host:5432/mesosiam", problems);
        Optional<String> reactive = url(settings, REACTIVE, "postgresql:", "postgresql://host:5432/mesosiam", problems);
        if (jdbc.isPresent() && reactive.isPresent()) {
            places(settings, jdbc.get(), reactive.get(), problems);
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
            administration(settings, jdbc.get(), user.get()).ifPresent(problems::add);
            users(settings, jdbc.get(), problems);
        }
        return problems;
    }

    /**
     * Checks that the connections with sessions go where JDBC goes, and that the others do too unless they are set for a
     * pooler.
     */
    private static void places(Settings settings, String jdbc, String reactive, List<StartProblem> problems) {
        boolean separate =
                settings.text(SESSION).filter(url -> !url.equals(reactive)).isPresent();
        String setting = separate ? SESSION : REACTIVE;
        Optional<String> sessions = separate
                ? url(settings, SESSION, "postgresql:", "postgresql://host:5432/mesosiam", problems)
                : Optional.of(reactive);
        sessions.filter(url -> !place(url).equals(place(jdbc)))
                .ifPresent(url -> problems.add(StartProblem.setting(
                        setting,
                        bare(url),
                        "names another server or database than " + JDBC,
                        "Write the same place in both. For pgbouncer see docs/controller.md, \"Through pgbouncer\"")));
        if (separate && !place(reactive).equals(place(jdbc))) {
            pooled(settings, POOLED, "false", "true").ifPresent(problems::add);
            pooled(settings, CACHED, "true", "false").ifPresent(problems::add);
        }
    }

    private static Optional<StartProblem> pooled(Settings settings, String setting, String otherwise, String needed) {
        String value = settings.text(setting).orElse(otherwise);
        return value.equals(needed)
                ? Optional.empty()
                : Optional.of(StartProblem.setting(
                        setting,
                        value,
                        "is not " + needed + ", and " + REACTIVE + " names another server than " + SESSION,
                        "Set it to " + needed + ": see docs/controller.md, \"Through pgbouncer\""));
    }

    /** Checks that the user of the administration can connect, if it is another one than the controllers'. */
    private static Optional<StartProblem> administration(Settings settings, String url, String application) {
        return settings.text(ADMINISTRATION)
                .filter(user -> !user.equals(application))
                .map(_ -> DatabaseLogin.as(settings, url, ADMINISTRATION, ADMINISTRATION_PASSWORD))
                .filter(DatabaseLogin.Refused.class::isInstance)
                .map(DatabaseLogin.Refused.class::cast)
                .map(DatabaseLogin.Refused::problem)
                // a server that can't be reached is reported for the controllers' user
                .filter(problem -> problem.setting().equals(ADMINISTRATION));
    }

    /**
     * Checks that both users can connect and that the migrations can run; skips the owner if there is another problem.
     */
    private static void users(Settings settings, String url, List<StartProblem> problems) {
        switch (DatabaseLogin.as(settings, url, USER, PASSWORD)) {
            case DatabaseLogin.Refused refused -> problems.add(refused.problem());
            case DatabaseLogin.Accepted application
            when application.pooled() ->
                problems.add(StartProblem.setting(
                        JDBC,
                        bare(url),
                        "what answers there is a pooler that runs each transaction on another server connection",
                        "Name PostgreSQL itself: see docs/controller.md, \"Through pgbouncer\""));
            case DatabaseLogin.Accepted application
            when unusable(url, application).isPresent() ->
                unusable(url, application).ifPresent(problems::add);
            case DatabaseLogin.Accepted application
            when problems.isEmpty() -> {
                if (!migrates(settings)) {
                    schema(url, application).ifPresent(problems::add);
                }
                if (settings.text(OWNER).isEmpty()) {
                    if (migrates(settings)) {
                        schema(url, application)
                                .or(() -> ownerMissing(settings, application))
                                .ifPresent(problems::add);
                    }
                    return;
                }
                switch (DatabaseLogin.as(settings, url, OWNER, OWNER_PASSWORD)) {
                    case DatabaseLogin.Refused refused -> problems.add(refused.problem());
                    case DatabaseLogin.Accepted owner
                    when migrates(settings) ->
                        rights(settings, application, owner)
                                .or(() -> schema(url, owner))
                                .ifPresent(problems::add);
                    case DatabaseLogin.Accepted _ -> {}
                }
            }
            case DatabaseLogin.Accepted _ -> {}
        }
    }

    /** The problem of a database that can't be written to, or can't hold every text. */
    private static Optional<StartProblem> unusable(String url, DatabaseLogin.Accepted login) {
        if (login.readOnly()) {
            return Optional.of(StartProblem.surroundings(
                    JDBC,
                    bare(url),
                    login.standby() ? "this server is a standby and can't be written to" : "this database is read-only",
                    login.standby() ? "Name the primary server" : "Set default_transaction_read_only=off"));
        }
        return login.encoding().equals("UTF8")
                ? Optional.empty()
                : Optional.of(StartProblem.surroundings(
                        JDBC,
                        bare(url),
                        "this database has the encoding " + login.encoding() + ", which can't hold every text",
                        "Create it anew with encoding 'UTF8': see docs/controller.md, \"Set up the database\""));
    }

    /** Checks that the tables are ours and that the record of the migrations exists. */
    private static Optional<StartProblem> schema(String url, DatabaseLogin.Accepted user) {
        if (user.recorded() || !user.occupied()) {
            return Optional.empty();
        }
        return Optional.of(
                user.tables()
                        ? StartProblem.surroundings(
                                JDBC,
                                bare(url),
                                "the tables are there, but not flyway_schema_history: the migrations were run by hand",
                                "Record them: see docs/controller.md, \"Run the migrations by hand\"")
                        : StartProblem.surroundings(
                                JDBC,
                                bare(url),
                                "this database has tables of something else",
                                "Make a database for mesos-iam alone: see docs/controller.md, \"Set up the database\""));
    }

    private static Optional<StartProblem> ownerMissing(Settings settings, DatabaseLogin.Accepted application) {
        return application.migrates()
                ? Optional.empty()
                : Optional.of(new StartProblem(
                        StartProblem.Kind.SURROUNDINGS,
                        OWNER,
                        Optional.empty(),
                        "is not set, and " + USER + "=" + settings.text(USER).orElse("")
                                + " may not run the migrations (permission denied)",
                        "Name the database's owner here and its password in " + OWNER_PASSWORD + ", or set " + MIGRATE
                                + "=false and run the migrations by hand: see docs/controller.md"));
    }

    /**
     * Reports excessive rights of the controllers' database user; none of them prevents the start.
     *
     * <p>Connects once more, so it is called only when there are no problems.
     */
    static List<StartProblem> warnings(Settings settings) {
        String user = settings.text(USER).orElse("");
        return settings
                .text(JDBC)
                .map(url -> DatabaseLogin.as(settings, url, USER, PASSWORD))
                .filter(DatabaseLogin.Accepted.class::isInstance)
                .map(DatabaseLogin.Accepted.class::cast)
                .flatMap(login -> {
                    if (login.superuser()) {
                        return Optional.of("is a superuser of PostgreSQL, so a controller can change everything there");
                    }
                    return login.ownsTrail()
                            ? Optional.of("owns the table audit_event, so a controller can change the audit trail")
                            : Optional.empty();
                })
                .map(what -> StartProblem.surroundings(
                        USER, user, what, "Use two database users: see docs/controller.md, \"Set up the database\""))
                .stream()
                .toList();
    }

    private static boolean migrates(Settings settings) {
        return !settings.text(MIGRATE).filter("false"::equalsIgnoreCase).isPresent();
    }

    /**
     * Checks for swapped users: both can connect, but then the migrations fail half-way, or the controllers own the
     * audit trail.
     */
    private static Optional<StartProblem> rights(
            Settings settings, DatabaseLogin.Accepted application, DatabaseLogin.Accepted owner) {
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
        String problem;
        if (text.startsWith(scheme)) {
            Optional<String> wrong = servers(name, text);
            if (wrong.isEmpty()) {
                return url;
            }
            problem = wrong.get();
        } else if (text.matches("[\"'].*")) {
            problem = "is in quotes";
        } else {
            problem = text.contains("postgresql:")
                    ? "is a URL for the other of " + JDBC + " and " + REACTIVE
                    : "is no PostgreSQL URL";
        }
        // the text may hold a password
        problems.add(new StartProblem(StartProblem.Kind.SETTING, name, Optional.empty(), problem, "Write " + example));
        return Optional.empty();
    }

    /** What is wrong with the part of a URL between its scheme and the database. */
    private static Optional<String> servers(String name, String url) {
        Matcher authority = AUTHORITY.matcher(url);
        if (!authority.find()) {
            return Optional.empty();
        }
        String servers = authority.group(1);
        // a password can have slashes
        if (name.equals(JDBC) && url.replaceFirst("\\?.*$", "").contains("@")) {
            return Optional.of("has a user name or a password in it, which belong in " + USER + " and " + PASSWORD);
        }
        return Stream.of(servers.substring(servers.lastIndexOf('@') + 1).split(",", -1))
                        .allMatch(DatabaseCheck::isServer)
                ? Optional.empty()
                : Optional.of("has a server that is not host:port, with an IPv6 address in brackets");
    }

    private static boolean isServer(String text) {
        Matcher server = SERVER.matcher(text);
        if (!server.matches()) {
            return false;
        }
        String port = server.group(1);
        return port == null || (port.length() <= 5 && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65_535);
    }

    /** The servers and the database of a URL: without scheme, user, parameters and the default port. */
    private static String place(String url) {
        return bare(url)
                .replaceFirst("^[^/]*//", "")
                .replaceFirst("^[^/@]*@", "")
                .replace(":5432", "")
                .toLowerCase(ROOT);
    }

    /** The URL without its parameters and its user, which may hold a password. */
    static String bare(String url) {
        return url.replaceFirst("\\?.*$", "").replaceFirst("//.*@", "//…@");
    }
}
