package io.mesosiam.scale;

import io.mesosiam.fakes.TestDatabase;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a controller and PostgreSQL have used so far.
 *
 * @param controller processor seconds of the controller, compilation by its JVM included
 * @param postgres processor seconds of all processes of PostgreSQL
 * @param rows rows written
 * @param wal bytes of the write-ahead log
 */
record Costs(double controller, double postgres, long rows, long wal) {
    private static final double TICKS = 100;
    private static final int PARENT = 1;
    private static final int OWN = 11;
    private static final int OF_ENDED_CHILDREN = 13;

    static Costs of(long controllerPid, TestDatabase database) throws IOException {
        String[] counts = database.query("""
                select tup_inserted + tup_updated + tup_deleted
                    || ' ' || (pg_current_wal_lsn() - '0/0')::text || ' ' || pg_backend_pid()
                from pg_stat_database where datname = current_database()""").getFirst().split(" ", -1);
        long backend = Long.parseLong(counts[2]);
        return new Costs(
                cpu(stat(Path.of("/proc/" + controllerPid))),
                postgres(Long.parseLong(stat(Path.of("/proc/" + backend))[PARENT])),
                Long.parseLong(counts[0]),
                Long.parseLong(counts[1]));
    }

    private static double postgres(long server) throws IOException {
        String[] parent = stat(Path.of("/proc/" + server));
        double all = cpu(parent)
                + (Long.parseLong(parent[OF_ENDED_CHILDREN]) + Long.parseLong(parent[OF_ENDED_CHILDREN + 1])) / TICKS;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String[] each = stat(process);
                    all += Long.parseLong(each[PARENT]) == server ? cpu(each) : 0;
                } catch (IOException ended) {
                    // counts among the ended ones of the next look
                }
            }
        }
        return all;
    }

    /** The fields after the name (proc(5), stat). */
    private static String[] stat(Path process) throws IOException {
        String line = Files.readString(process.resolve("stat"));
        return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static double cpu(String[] stat) {
        return (Long.parseLong(stat[OWN]) + Long.parseLong(stat[OWN + 1])) / TICKS;
    }

    /** What each of {@code number} events has cost since {@code before}. */
    String each(Costs before, long number) {
        return "controller %.2f ms, PostgreSQL %.2f ms, %.2f rows, %d bytes of WAL"
                .formatted(
                        1000 * (controller - before.controller) / number,
                        1000 * (postgres - before.postgres) / number,
                        (double) (rows - before.rows) / number,
                        (wal - before.wal) / number);
    }

    /** Processor seconds of the controller since {@code before}. */
    double controllerSince(Costs before) {
        return controller - before.controller;
    }
}
