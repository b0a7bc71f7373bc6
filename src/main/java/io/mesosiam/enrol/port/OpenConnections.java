package io.mesosiam.enrol.port;

import io.mesosiam.http.ConnectionSource;
import io.mesosiam.http.OneRequestAtATime;
import io.mesosiam.http.Places;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;

/**
 * The connections of the enrolment port whose handshake has ended. One lives for {@link #LONGEST} at most; a source has {@value
 * #OF_SOURCE} at most, and all together {@value #OF_ALL}. One more is closed.
 */
final class OpenConnections {
    static final Duration LONGEST = Duration.ofSeconds(10);
    static final int OF_SOURCE = 32;
    static final int OF_ALL = 1024;

    private final Vertx vertx;
    private final OneRequestAtATime.Limits limits = OneRequestAtATime.Limits.ofPort();
    private final Places places = new Places(OF_SOURCE, OF_ALL);

    OpenConnections(Vertx vertx) {
        this.vertx = vertx;
    }

    void opened(HttpConnection connection) {
        OneRequestAtATime.on(connection, limits);
        ConnectionSource source = ConnectionSource.of(connection.remoteAddress());
        if (!places.take(source)) {
            var _ = connection.close();
            return;
        }
        long timer = vertx.setTimer(LONGEST.toMillis(), _ -> connection.close());
        connection.closeHandler(_ -> {
            vertx.cancelTimer(timer);
            places.leave(source);
        });
    }

    /** Number of open connections. */
    int count() {
        return places.taken();
    }
}
