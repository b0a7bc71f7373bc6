package io.mesosiam.enrol.command;

import io.mesosiam.enrol.command.CaCommand.Problem;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.Optional;

/** What a command could not do, as a sentence for the operator. */
final class Failures {
    private Failures() {}

    static String words(Exception failure) {
        return switch (failure) {
            case Problem problem -> String.valueOf(problem.getMessage());
            case SQLException refused -> database(refused);
            case NoSuchFileException missing -> missing.getFile() + " is in a directory that does not exist: make it";
            case FileSystemException file ->
                file.getFile() + " can't be written (" + file.getClass().getSimpleName()
                        + "): check the rights and the free space of its directory";
            default -> "failed: " + failure.getClass().getSimpleName();
        };
    }

    private static String database(SQLException refused) {
        String answer = String.valueOf(refused.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll("[.]+$", "");
        String state = Optional.ofNullable(refused.getSQLState()).orElse("");
        if (state.startsWith("08")) {
            return "the database can't be reached: " + answer + ". Check quarkus.datasource.jdbc.url";
        }
        if (state.equals("42P01")) {
            return "the database has no table of the authorities: run the migrations first, see docs/controller.md";
        }
        return "the database refuses it: " + answer
                + ". Use the owner of the tables: quarkus.flyway.username and quarkus.flyway.password";
    }
}
