package io.mesosiam.signin;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The request that the current thread or chain answers, and what is kept with it. */
@Singleton
public final class CurrentRequest {
    /** The header with the id, of requests and answers. */
    public static final String HEADER = "X-Request-Id";

    /** An id that callers may choose: it is written to the log and the audit trail as it is. */
    private static final Pattern GIVEN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

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

    /** The id of a request: the caller's, if it has given a valid id; otherwise the first call draws an id. */
    public static String id(RoutingContext context) {
        String known = context.get(ID);
        if (known != null) {
            return known;
        }
        String id = given(context).orElseGet(() -> UUID.randomUUID().toString());
        context.put(ID, id);
        return id;
    }

    private static Optional<String> given(RoutingContext context) {
        List<String> ids = context.request().headers().getAll(HEADER);
        return Optional.of(ids)
                .filter(all -> all.size() == 1)
                .map(List::getFirst)
                .filter(id -> GIVEN.matcher(id).matches());
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
