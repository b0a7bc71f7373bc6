package io.mesosiam.sandbox.database;

import io.mesosiam.sandbox.process.Parent;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** PostgreSQL with an empty database. Its one line of output is the port; it stops when its input ends. */
public final class DatabaseProgram {
    /** The database's name. */
    public static final String NAME = "mesos_iam";

    /** Whom everything here connects as; the server listens on loopback and asks for no password. */
    public static final String USER = "postgres";

    private DatabaseProgram() {}

    /** Takes the directory of the data, and the one where PostgreSQL's programs are unpacked and stay. */
    public static void main(String[] arguments) throws IOException, SQLException {
        var parent = new Parent();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setDataDirectory(Path.of(arguments[0]))
                .setOverrideWorkingDirectory(Path.of(arguments[1]).toFile())
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "off")
                .start()) {
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement create = connection.createStatement()) {
                create.execute("create database " + NAME);
            }
            parent.say(Integer.toString(postgres.getPort()));
            parent.await();
        }
        System.exit(0);
    }
}
