package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mesosiam.lease.LeaseConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartFailureTest {
    @Test
    void eachUnreadableValueIsOneLineWithoutTextOfTheLibrary() {
        StartFailure failure = StartFailure.of(new IllegalStateException(refused(Map.of(
                "mesos-iam.lease.full-pass", "soon",
                "mesos-iam.lease.journal-capacity", "many",
                "mesos-iam.lease.journal-delay", ""))));

        assertThat(failure.settings()).isTrue();
        assertThat(failure.lines())
                .containsExactlyInAnyOrder(
                        "can not start: mesos-iam.lease.full-pass=soon: can't be read (Invalid duration: soon)."
                                + " Correct the value, or remove it.",
                        "can not start: mesos-iam.lease.journal-capacity=many: can't be read (Expected an integer value, got"
                                + " \"many\"). Correct the value, or remove it.",
                        "can not start: mesos-iam.lease.journal-delay: is not set, since its value is empty. Give it a value, or"
                                + " remove it.");
    }

    @Test
    void otherFailureIsItsRootCauseInOneLineWithoutTheStatementPosition() {
        StartFailure failure = StartFailure.of(new IllegalStateException(
                "outer", new IllegalArgumentException("ERROR: permission denied for schema public\n  Position: 14")));

        assertThat(failure.settings()).isFalse();
        assertThat(failure.lines()).containsExactly("can not start: ERROR: permission denied for schema public");
    }

    @Test
    void lockedTableOfAMigrationIsNamedWithTheCure() {
        StartFailure failure = StartFailure.of(new IllegalStateException(
                "Migration V099 failed", new SQLException("ERROR: canceling statement due to lock timeout", "55P03")));

        assertThat(failure.lines())
                .singleElement()
                .asString()
                .startsWith("can not start: an open transaction")
                .endsWith("\"Migrations\"");
    }

    @Test
    void recordedMigrationsOfAnotherVersionAreNamedWithTheCure() {
        StartFailure failure = StartFailure.of(new IllegalStateException("""
                Validate failed: Migrations have failed validation
                Migration checksum mismatch for migration version 003
                -> Applied to database : 1
                -> Resolved locally    : 2
                Either revert the changes to the migration, or run repair to update the schema history.
                Need more flexibility with validation rules? Learn more: https://rd.gt/3AbJUZE"""));

        assertThat(failure.lines())
                .singleElement()
                .asString()
                .startsWith(
                        "can not start: the migrations that the database records are not this controller's: Migration"
                                + " checksum mismatch for migration version 003; -> Applied to database : 1")
                .endsWith("\"Run the migrations by hand\"");
    }

    @Test
    void failureWithoutAMessageHasTheOuterMessageAndItsType() {
        assertThat(StartFailure.of(new NullPointerException()).lines())
                .containsExactly("can not start: NullPointerException");
        assertThat(StartFailure.of(new IllegalStateException("no table", new NullPointerException()))
                        .lines())
                .containsExactly("can not start: no table (NullPointerException)");
    }

    @Test
    void signalDuringTheStartIsAStop() {
        assertThat(StartFailure.isStop(
                        new IllegalStateException("outer", new IllegalStateException("Shutdown in progress"))))
                .isTrue();
        assertThat(StartFailure.isStop(new IllegalStateException("no schema"))).isFalse();
    }

    private static Throwable refused(Map<String, String> given) {
        return catchThrowable(() -> new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(given, "test", 100))
                .withMapping(LeaseConfig.class)
                .build());
    }
}
