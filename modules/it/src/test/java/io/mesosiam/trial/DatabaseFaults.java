package io.mesosiam.trial;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** PostgreSQL that ends, is slow, full, or another one. */
final class DatabaseFaults {
    static final List<Trial> TRIALS = List.of(
            new Trial("postgres-kill", "PostgreSQL: SIGKILL, started again at once", site -> {
                site.postgres().kill();
                var unused = site.postgres().start();
            }),
            new Trial("postgres-restart", "PostgreSQL: fast stop, started again at once", site -> {
                site.postgres().stop();
                var unused = site.postgres().start();
            }),
            new Trial("postgres-away", "PostgreSQL: stopped for 60 s", site -> {
                site.postgres().stop();
                Thread.sleep(Duration.ofSeconds(60));
                var unused = site.postgres().start();
            }),
            new Trial("postgres-slow", "PostgreSQL: each answer is 5 s late, for 60 s", site -> {
                site.toPostgres().delay(Duration.ofSeconds(5));
                Thread.sleep(Duration.ofSeconds(60));
                site.toPostgres().delay(Duration.ZERO);
            }),
            diskFull(),
            new Trial(
                    "postgres-failover",
                    "PostgreSQL: SIGKILL of the primary, its synchronous standby is promoted 5 s later",
                    SiteSetup::synchronousStandby,
                    DatabaseFaults::failOver),
            new Trial(
                    "postgres-failover-loss",
                    "PostgreSQL: SIGKILL of the primary, its asynchronous standby, without the commits of the last 10 s, is promoted 5 s later",
                    SiteSetup::asynchronousStandby,
                    DatabaseFaults::failOverWithLoss),
            new Trial(
                    "postgres-connections",
                    "PostgreSQL: all connections taken by others for 30 s, open ones cut",
                    setup -> setup.databaseOption("max_connections=40"),
                    DatabaseFaults::takeConnections));

    private DatabaseFaults() {}

    private static void failOver(TrialSite site) throws Exception {
        site.postgres().kill();
        Thread.sleep(Duration.ofSeconds(5));
        site.promoteStandby();
    }

    private static void failOverWithLoss(TrialSite site) throws Exception {
        site.holdBackStandby();
        site.postgres().execute(TrialSite.DATABASE, "create table lost ()");
        Thread.sleep(Duration.ofSeconds(10));
        failOver(site);
        if (site.postgres().has(TrialSite.DATABASE, "lost")) {
            throw new IllegalStateException("the standby has the commits that it was to lose");
        }
    }

    private static Trial diskFull() {
        AtomicReference<Tmpfs> disk = new AtomicReference<>();
        return new Trial(
                "postgres-disk-full",
                "PostgreSQL: its disk is full for 30 s",
                Requirement.ROOT,
                setup -> {
                    Tmpfs made = setup.remove(new Tmpfs("300m"));
                    disk.set(made);
                    return setup.database(made.mount().resolve("data"))
                            .databaseOption("max_wal_size=64MB")
                            .databaseOption("min_wal_size=32MB");
                },
                site -> {
                    disk.get().fill();
                    Thread.sleep(Duration.ofSeconds(30));
                    disk.get().empty();
                    var unused = site.postgres().start();
                });
    }

    private static void takeConnections(TrialSite site) throws Exception {
        List<Connection> taken = new ArrayList<>();
        try {
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            takeAll(site, taken);
            site.toPostgres().cut();
            while (System.nanoTime() < end) {
                takeAll(site, taken);
                Thread.sleep(Duration.ofMillis(10));
            }
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
    }

    private static void takeAll(TrialSite site, List<Connection> taken) {
        try {
            while (true) {
                taken.add(site.postgres().connect(TrialSite.DATABASE));
            }
        } catch (SQLException full) {
            // none is left
        }
    }
}
