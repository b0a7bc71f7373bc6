package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import org.junit.jupiter.api.Test;

class AdministrationAwayTest {
    @Test
    void poolWithoutAFreeConnectionIsAway() {
        assertThat(AdministrationAway.is(new IllegalStateException(new Throwable("Timeout"))))
                .isTrue();
    }

    /** A write answers it as a conflict, a read as an absence. */
    @Test
    void waitForALockIsNoAbsenceByItself() {
        PgException locked = new PgException("canceling statement due to lock timeout", "ERROR", "55P03", "");

        assertThat(AdministrationAway.is(locked)).isFalse();
        assertThat(AdministrationAway.isLocked(new IllegalStateException(locked)))
                .isTrue();
    }
}
