package io.mesosiam.enrol.command;

import io.mesosiam.enrol.authority.Authority;
import io.mesosiam.enrol.authority.Pem;
import io.mesosiam.enrol.command.CaCommand.Problem;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;

/** Table {@code authority}, which only the owner of the tables writes. */
final class AuthorityRows implements AutoCloseable {
    private static final String URL = "quarkus.datasource.jdbc.url";
    private static final String TIMEOUT_SECONDS = "10";

    private final Connection connection;

    private AuthorityRows(Connection connection) {
        this.connection = connection;
    }

    /** Connects as the owner of the tables: the user of the migrations, or the controllers' if there is one user for both. */
    static AuthorityRows connect(Function<String, Optional<String>> settings) throws SQLException {
        String url =
                settings.apply(URL).orElseThrow(() -> new Problem(URL + " is not set: use the controller's settings"));
        boolean owner = settings.apply("quarkus.flyway.username").isPresent();
        String user = owner ? "quarkus.flyway.username" : "quarkus.datasource.username";
        String password = owner ? "quarkus.flyway.password" : "quarkus.datasource.password";
        Properties login = new Properties();
        settings.apply(user).ifPresent(text -> login.setProperty("user", text));
        settings.apply(password).ifPresent(text -> login.setProperty("password", text));
        login.setProperty("connectTimeout", TIMEOUT_SECONDS);
        login.setProperty("loginTimeout", TIMEOUT_SECONDS);
        login.setProperty("socketTimeout", TIMEOUT_SECONDS);
        return new AuthorityRows(DriverManager.getConnection(url, login));
    }

    /** All authorities, roots first, then the newest. */
    List<Authority> all() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "select certificate, sealed_key from authority order by kind desc, created_at desc");
                ResultSet rows = statement.executeQuery()) {
            List<Authority> all = new ArrayList<>();
            while (rows.next()) {
                all.add(new Authority(
                        Pem.certificate(rows.getBytes("certificate")),
                        Optional.ofNullable(rows.getBytes("sealed_key"))));
            }
            return all;
        }
    }

    /** Adds authorities in one transaction. */
    void add(List<Authority> made) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into authority (kind, certificate, fingerprint, sealed_key, expires_at) values (?, ?, ?, ?, ?)")) {
            for (Authority authority : made) {
                statement.setString(1, authority.isRoot() ? "root" : "intermediate");
                statement.setBytes(2, Pem.der(authority.certificate()));
                statement.setBytes(3, Pem.fingerprint(authority.certificate()));
                statement.setBytes(4, authority.sealedKey().orElse(null));
                statement.setObject(5, authority.expiresAt().atOffset(ZoneOffset.UTC));
                int unused = statement.executeUpdate();
            }
        }
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
