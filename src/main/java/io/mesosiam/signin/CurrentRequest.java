package io.mesosiam.signin;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;

/** The request that the current thread or chain answers, and what is kept with it. */
@Singleton
public final class CurrentRequest {
    private static final String ID = "mesos-iam.request-id";
    private static final String PROBLEM = "mesos-iam.problem";

    private final CurrentVertxRequest current;

    @Inject
    CurrentRequest(CurrentVertxRequest current) {
        this.current = current;
    }

    /** The request's id, in the log, in the answer and in audit events. */
    public String id() {
        return context().map(CurrentRequest::id).orElseGet(() -> UUID.randomUUID()
                .toString());
    }

    /** The id of a request; the first call draws it. */
    public static String id(RoutingContext context) {
        String known = context.get(ID);
        if (known != null) {
            return known;
        }
        String drawn = UUID.randomUUID().toString();
        context.put(ID, drawn);
        return drawn;
    }

    /** Keeps the code of the problem that answers the request, for its audit event. */
    public void problem(String code) {
        context().ifPresent(context -> problem(context, code));
    }

    /** Keeps the code of the problem that answers a request, for its audit event. */
    public static void problem(RoutingContext context, String code) {
        context.put(PROBLEM, code);
    }

    static Optional<String> problem(RoutingContext context) {
        return Optional.ofNullable(context.get(PROBLEM));
    }

    Optional<RoutingContext> context() {
        return Optional.ofNullable(current.getCurrent());
    }
}
