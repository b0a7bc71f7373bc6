package io.mesosiam.sandbox.database;

import io.mesosiam.sandbox.process.Parent;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** PostgreSQL with an empty database. It prints one line, its port, when it is ready, and stops when its standard input closes. */
public final class DatabaseProgram {
    /** The database's name. */
    public static final String NAME = "mesos_iam";

    /** The user of all connections; the server listens on loopback and requires no password. */
    public static final String USER = "postgres";

    private DatabaseProgram() {}

    /** Arguments: the port, the data directory, and the directory to which PostgreSQL's programs are unpacked permanently. */
    public static void main(String[] arguments) throws IOException, SQLException {
        var parent = new Parent();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setPort(Integer.parseInt(arguments[0]))
                .setDataDirectory(Path.of(arguments[1]))
                .setOverrideWorkingDirectory(Path.of(arguments[2]).toFile())
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "off")
                .start()) {
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement create = connection.createStatement()) {
                create.execute("create database " + NAME);
            }
            parent.send(Integer.toString(postgres.getPort()));
            parent.await();
        }
        System.exit(0);
    }
}
