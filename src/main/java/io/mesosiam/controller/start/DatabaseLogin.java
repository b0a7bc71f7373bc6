package io.mesosiam.controller.start;

import io.mesosiam.reach.NoConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;

/** The result of a login to the database as one of its users. */
sealed interface DatabaseLogin {
    String TIMEOUT_SECONDS = "5";

    /** Prefix of the problem of a user that PostgreSQL refuses. */
    String REFUSED = "PostgreSQL refuses this user";

    String FACTS = """
            select
                coalesce(has_schema_privilege(current_schema(), 'create'), false) and not exists (
                    select from pg_tables where schemaname = current_schema()
                        and tablename in ('flyway_schema_history', 'policy') and not pg_has_role(tableowner, 'usage'))
                    as migrates,
                to_regclass('flyway_schema_history') is not null as recorded,
                to_regclass('policy') is not null and to_regclass('lease') is not null as tables,
                exists (
                    select from pg_class c where relnamespace = to_regnamespace(current_schema()) and relkind in ('r', 'p', 'v', 'm', 'S')
                        and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e'))
                    as occupied,
                coalesce((select rolsuper from pg_roles where rolname = current_user), false) as superuser,
                exists (
                    select from pg_tables where schemaname = current_schema() and tablename = 'audit_event'
                        and pg_has_role(tableowner, 'usage'))
                    as owns_trail,
                current_setting('transaction_read_only')::boolean as read_only,
                pg_is_in_recovery() as standby,
                getdatabaseencoding() as encoding""";

    /** The login failed. */
    record Refused(StartProblem problem) implements DatabaseLogin {}

    /**
     * The login succeeded.
     *
     * @param migrates whether the user can run the migrations: it may create tables and owns the existing ones
     * @param recorded whether Flyway's record of the migrations exists
     * @param tables whether our tables exist
     * @param occupied whether the schema has any table, sequence or view
     * @param superuser whether the user is a superuser
     * @param ownsTrail whether the user has the rights of the owner of the audit trail
     * @param readOnly whether transactions of this user can't write
     * @param standby whether the server is a standby
     * @param encoding the database's encoding
     * @param pooled whether a pooler shares server connections between its clients' transactions
     */
    record Accepted(
            boolean migrates,
            boolean recorded,
            boolean tables,
            boolean occupied,
            boolean superuser,
            boolean ownsTrail,
            boolean readOnly,
            boolean standby,
            String encoding,
            boolean pooled)
            implements DatabaseLogin {}

    /**
     * Connects once.
     *
     * @param user name of the setting for the user
     * @param password name of the setting for its password
     */
    static DatabaseLogin as(Settings settings, String url, String user, String password) {
        Properties login = new Properties();
        login.setProperty("user", settings.text(user).orElse(""));
        settings.text(password).ifPresent(text -> login.setProperty("password", text));
        login.setProperty("connectTimeout", TIMEOUT_SECONDS);
        login.setProperty("loginTimeout", TIMEOUT_SECONDS);
        login.setProperty("socketTimeout", TIMEOUT_SECONDS);
        // prepared statements stay with one server connection of a pooler
        login.setProperty("prepareThreshold", "0");
        try (Connection connection = DriverManager.getConnection(url, login);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FACTS)) {
            row.next();
            return new Accepted(
                    row.getBoolean("migrates"),
                    row.getBoolean("recorded"),
                    row.getBoolean("tables"),
                    row.getBoolean("occupied"),
                    row.getBoolean("superuser"),
                    row.getBoolean("owns_trail"),
                    row.getBoolean("read_only"),
                    row.getBoolean("standby"),
                    row.getString("encoding"),
                    SharedServer.between(connection, url, login));
        } catch (SQLException e) {
            return new Refused(problem(e, url, user, settings.text(user).orElse("")));
        }
    }

    /** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
    private static StartProblem problem(SQLException e, String url, String userSetting, String user) {
        String state = Optional.ofNullable(e.getSQLState()).orElse("");
        if (state.equals("08004") && String.valueOf(e.getMessage()).contains("SSL")) {
            return parameter(
                    url,
                    "asks for TLS, and the server does not offer it",
                    "Change sslmode in the URL, or set ssl=on in PostgreSQL");
        }
        if (String.valueOf(e.getMessage()).contains("sslmode")) {
            return parameter(
                    url,
                    "has a parameter that can't be used (" + reason(e) + ")",
                    "Correct what is behind the question mark");
        }
        return switch (state) {
            case "08P01" -> unreachable(url, "what answers there is not PostgreSQL: " + reason(e));
            case "28P01", "28000", "08004" ->
                StartProblem.setting(
                        userSetting,
                        user,
                        REFUSED + " (" + reason(e) + ")",
                        "Correct the user, its password, or pg_hba.conf");
            case "3D000" ->
                StartProblem.surroundings(
                        DatabaseCheck.JDBC,
                        DatabaseCheck.bare(url),
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
            default ->
                unreachable(url, NoConnection.of(e).map(NoConnection::words).orElseGet(() -> reason(e)));
        };
    }

    private static StartProblem parameter(String url, String problem, String cure) {
        return StartProblem.setting(DatabaseCheck.JDBC, DatabaseCheck.bare(url), problem, cure);
    }

    private static StartProblem unreachable(String url, String why) {
        return StartProblem.surroundings(
                DatabaseCheck.JDBC,
                DatabaseCheck.bare(url),
                "the database can't be reached (" + why + ")",
                "Start PostgreSQL, or correct the URL");
    }

    private static String reason(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse("").replaceFirst("\\.$", "").replaceFirst("^(FATAL|ERROR): ", "");
    }
}
