package io.mesosiam.enrol.port;

import io.mesosiam.channel.handshake.ConnectionSource;
import io.mesosiam.http.OneRequestAtATime;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of the enrolment port whose handshake has ended. One lives for {@link #LONGEST} at most; a source has {@value
 * #OF_SOURCE} at most, and all together {@value #OF_ALL}. One more is closed.
 */
final class OpenConnections {
    static final Duration LONGEST = Duration.ofSeconds(10);
    static final int OF_SOURCE = 32;
    static final int OF_ALL = 1024;

    private final Vertx vertx;
    private final ConcurrentMap<ConnectionSource, Integer> open = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();

    OpenConnections(Vertx vertx) {
        this.vertx = vertx;
    }

    void opened(HttpConnection connection) {
        OneRequestAtATime.on(connection);
        ConnectionSource source = source(connection);
        int ofSource = open.merge(source, 1, Integer::sum);
        int ofAll = all.incrementAndGet();
        long timer = vertx.setTimer(LONGEST.toMillis(), _ -> connection.close());
        connection.closeHandler(_ -> {
            vertx.cancelTimer(timer);
            int unused = all.decrementAndGet();
            open.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
        });
        if (ofSource > OF_SOURCE || ofAll > OF_ALL) {
            var _ = connection.close();
        }
    }

    /** Number of open connections. */
    int count() {
        return all.get();
    }

    static ConnectionSource source(HttpConnection connection) {
        return ConnectionSource.of(new InetSocketAddress(
                connection.remoteAddress().hostAddress(),
                connection.remoteAddress().port()));
    }
}
