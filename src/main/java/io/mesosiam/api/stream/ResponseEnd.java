package io.mesosiam.api.stream;

import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of a response, whether it is sent, fails, or its caller closes the connection. */
public final class ResponseEnd {
    private ResponseEnd() {}

    /**
     * Runs an action once, at the end of the response; at once if the connection is closed already, of which end handlers
     * are not called.
     *
     * @return runs the action earlier
     */
    public static Runnable once(RoutingContext context, Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        Runnable once = () -> {
            if (done.compareAndSet(false, true)) {
                action.run();
            }
        };
        context.addEndHandler(_ -> once.run());
        if (context.response().closed()) {
            once.run();
        }
        return once;
    }
}
