package io.mesosiam.api.port;

import io.mesosiam.http.ConnectionSource;
import io.mesosiam.http.Places;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what the bodies of a port's requests hold in memory: the number of requests with a body that are read or answered
 * at a time, {@value #OF_SOURCE} of one source and {@value #OF_ALL} together, of which a longer body counts as several, and
 * the time from the headers of a request to the end of its body. The connection is closed at the end of that time, also if
 * the response was sent before the body ended.
 */
public final class RequestBodies implements Handler<RoutingContext> {
    /** A place is for so many bytes of a body. */
    static final int BYTES = 128 * 1024;

    static final int OF_LONGEST = 8;
    static final int OF_SOURCE = 16;
    static final int OF_ALL = 64;

    private final Duration limit;
    private final Handler<RoutingContext> late;
    private final Handler<RoutingContext> oneTooMany;
    private final Places places = new Places(OF_SOURCE, OF_ALL);

    /**
     * @param limit the time for a body
     * @param late answers a request whose body has not ended in time and that has no response yet
     * @param oneTooMany answers a request whose body would be one too many, and closes its connection
     */
    public RequestBodies(Duration limit, Handler<RoutingContext> late, Handler<RoutingContext> oneTooMany) {
        this.limit = limit;
        this.late = late;
        this.oneTooMany = oneTooMany;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!hasBody(request)) {
            context.next();
            return;
        }
        ConnectionSource source = ConnectionSource.of(request.remoteAddress());
        int counted = places(request.getHeader("Content-Length"));
        if (!places.take(source, counted)) {
            oneTooMany.handle(context);
            return;
        }
        context.addEndHandler(_ -> places.leave(source, counted));
        long timer = context.vertx().setTimer(limit.toMillis(), _ -> end(context));
        // isEnded() is false for a body that was read, while the request is paused: until its answer
        Future<Void> unused = request.end().onSuccess(_ -> context.vertx().cancelTimer(timer));
        context.next();
    }

    /** Whether bytes follow the headers. An empty body has no end that is read if its resource reads none. */
    public static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.headers().contains("Transfer-Encoding") || (length != null && !length.equals("0"));
    }

    /** As many as the body may be long, if the request doesn't say: JSON takes up to 20 times its length in memory. */
    private static int places(@Nullable String length) {
        if (length == null || !length.matches("[0-9]{1,7}")) {
            return OF_LONGEST;
        }
        return Math.min(Integer.parseInt(length) / BYTES + 1, OF_LONGEST);
    }

    private void end(RoutingContext context) {
        if (context.response().headWritten() || context.response().closed()) {
            Future<Void> unused = context.request().connection().close();
        } else {
            late.handle(context);
        }
    }
}
