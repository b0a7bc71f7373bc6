package io.mesosiam.fakes;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * One real PostgreSQL for all tests of a JVM: a container where there is an engine for one, else an embedded server. The migrations run
 * once, into a template; a test class gets a copy of it, which takes a fraction of a second:
 *
 * <pre>{@code
 * static final TestDatabase DB = TestPostgres.database();
 *
 * @AfterAll
 * static void drop() {
 *     DB.close();
 * }
 * }</pre>
 */
public final class TestPostgres {
    private static final String TEMPLATE = "migrated";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TestPostgres() {}

    /** A fresh database with all migrations applied and nothing in it. */
    public static TestDatabase database() {
        return create(Template.SERVER, " template " + TEMPLATE);
    }

    /** A new database without anything of ours. */
    public static TestDatabase emptyDatabase() {
        return create(Template.SERVER, "");
    }

    /** Runs the migrations as this user. */
    public static void migrate(String jdbcUrl, String user, String password) {
        migrateTo("latest", jdbcUrl, user, password);
    }

    /** Runs the migrations up to this version, as an earlier release did. */
    public static void migrateTo(String version, String jdbcUrl, String user, String password) {
        Flyway.configure()
                .dataSource(jdbcUrl, user, password)
                .locations("filesystem:" + Path.of("migrations").toAbsolutePath())
                .target(version)
                .load()
                .migrate();
    }

    private static TestDatabase create(Server server, String origin) {
        String name = "test_" + DATABASES.incrementAndGet();
        server.execute("create database " + name + origin);
        return new TestDatabase(
                server.host,
                server.port,
                name,
                server.user,
                server.password,
                () -> server.execute("drop database if exists " + name + " with (force)"));
    }

    private record Server(String host, int port, String user, String password) {
        static Server start() {
            return DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
        }

        @SuppressWarnings("resource") // lives as long as the JVM; Testcontainers removes it then
        private static Server container() {
            var postgres = new PostgreSQLContainer("postgres:18-alpine").withCommand("postgres", "-c", "fsync=off");
            postgres.start();
            return new Server(
                    postgres.getHost(),
                    postgres.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                    postgres.getUsername(),
                    postgres.getPassword());
        }

        private static Server embedded() {
            try {
                var postgres = EmbeddedPostgres.builder()
                        .setPort(TestPort.claim())
                        .setServerConfig("fsync", "off")
                        .setServerConfig("full_page_writes", "off")
                        .setServerConfig("max_connections", "200")
                        .start();
                return new Server("127.0.0.1", postgres.getPort(), "postgres", "postgres");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void execute(String sql) {
            String url = TestDatabase.jdbcUrl(host, port, "postgres");
            try (Connection connection = DriverManager.getConnection(url, user, password);
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(sql, e);
            }
        }
    }

    /** Initialized on first use. */
    private static final class Template {
        static final Server SERVER = Server.start();

        static {
            SERVER.execute("create database " + TEMPLATE);
            migrate(TestDatabase.jdbcUrl(SERVER.host, SERVER.port, TEMPLATE), SERVER.user, SERVER.password);
        }
    }
}
