package io.mesosiam.api.port;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * Bounds the time from the headers of a request to the end of its body. What has arrived of a body is in memory, so a
 * caller that sends slowly would hold that memory. The connection is closed at the limit, also if the response was sent
 * before the body ended.
 */
public final class BodyDeadline implements Handler<RoutingContext> {
    private final Duration limit;
    private final Handler<RoutingContext> late;

    /** @param late answers a request whose body has not ended in time and that has no response yet */
    public BodyDeadline(Duration limit, Handler<RoutingContext> late) {
        this.limit = limit;
        this.late = late;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (hasBody(request)) {
            long timer = context.vertx().setTimer(limit.toMillis(), _ -> end(context));
            context.addEndHandler(_ -> {
                if (request.isEnded()) {
                    context.vertx().cancelTimer(timer);
                }
            });
        }
        context.next();
    }

    /** An empty body has no end that is read if its resource reads none. */
    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.headers().contains("Transfer-Encoding") || (length != null && !length.equals("0"));
    }

    private void end(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.isEnded()) {
            return;
        }
        if (context.response().headWritten() || context.response().closed()) {
            Future<Void> unused = request.connection().close();
        } else {
            late.handle(context);
        }
    }
}
