package io.mesosiam.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WriteFailureTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(refused("23514"), WriteFailure.DATA),
                Arguments.of(refused("23505"), WriteFailure.DATA),
                Arguments.of(refused("22001"), WriteFailure.DATA),
                Arguments.of(new CompletionException(refused("22021")), WriteFailure.DATA),
                Arguments.of(new IllegalArgumentException("can not be encoded"), WriteFailure.DATA),
                Arguments.of(refused("P0001"), WriteFailure.DATA),
                Arguments.of(refused("54000"), WriteFailure.DATA),
                Arguments.of(refused("44000"), WriteFailure.DATA),
                Arguments.of(refused("40P01"), WriteFailure.AWAY),
                Arguments.of(refused("55P03"), WriteFailure.LOCKED),
                Arguments.of(refused("53100"), WriteFailure.AWAY),
                Arguments.of(refused("42501"), WriteFailure.FORBIDDEN),
                Arguments.of(refused("28P01"), WriteFailure.FORBIDDEN),
                Arguments.of(refused("57P01"), WriteFailure.AWAY),
                Arguments.of(refused("42P01"), WriteFailure.SCHEMA),
                Arguments.of(refused("42703"), WriteFailure.SCHEMA),
                Arguments.of(refused("42883"), WriteFailure.SCHEMA),
                Arguments.of(new CompletionException(new IOException("reset")), WriteFailure.AWAY),
                Arguments.of(new TimeoutException(), WriteFailure.AWAY));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failureIsClassified(Throwable failure, WriteFailure expected) {
        assertThat(WriteFailure.of(failure)).isEqualTo(expected);
    }

    private static PgException refused(String state) {
        return new PgException("refused", "ERROR", state, "detail");
    }
}
