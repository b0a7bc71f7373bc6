package io.mesosiam.controller;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;

/**
 * Checks that the database has the schema that this controller was built for: never a newer one, and an older one only
 * until it is migrated.
 */
final class SchemaVersion {
    /** insufficient_privilege. */
    private static final String NO_RIGHT = "42501";

    private SchemaVersion() {}

    /**
     * Compares the migrations that the database has with those of this program.
     *
     * @throws IllegalStateException if they differ; the message names both versions and the cure
     */
    static void require(Flyway flyway) {
        MigrationInfoService info = read(flyway);
        MigrationInfo[] all = info.all();
        MigrationVersion own = Arrays.stream(all)
                .filter(migration -> isOwn(migration))
                .map(MigrationInfo::getVersion)
                .max(MigrationVersion::compareTo)
                .orElse(MigrationVersion.EMPTY);
        // a version recorded by hand is an applied baseline, not a future migration
        Optional<MigrationVersion> newer = Arrays.stream(all)
                .filter(MigrationInfo::isApplied)
                .filter(migration ->
                        isFuture(migration.getState()) || migration.getVersion().compareTo(own) > 0)
                .map(MigrationInfo::getVersion)
                .max(MigrationVersion::compareTo);
        newer.ifPresent(version -> {
            throw new IllegalStateException("the database has schema version " + version + ", this controller knows "
                    + own + ". Upgrade the controller, or restore the database as it was");
        });
        if (info.pending().length > 0) {
            throw new IllegalStateException("the database has an older schema than version " + own
                    + ". Set quarkus.flyway.migrate-at-start=true, or run the migrations as the database's owner: see"
                    + " docs/controller.md, \"Run the migrations by hand\"");
        }
    }

    private static MigrationInfoService read(Flyway flyway) {
        try {
            return flyway.info();
        } catch (FlywayException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (cause instanceof SQLException sql && NO_RIGHT.equals(sql.getSQLState())) {
                throw new IllegalStateException(
                        "the database user may not read flyway_schema_history. As the owner: grant select on"
                                + " flyway_schema_history to mesos_iam_app");
            }
            throw e;
        }
    }

    /** Whether the file of the migration is in this program. */
    private static boolean isOwn(MigrationInfo migration) {
        return migration.getPhysicalLocation() != null
                && !migration.getPhysicalLocation().isEmpty();
    }

    private static boolean isFuture(MigrationState state) {
        return state == MigrationState.FUTURE_SUCCESS || state == MigrationState.FUTURE_FAILED;
    }
}
