package io.mesosiam.signin;

import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpRequest;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Bounds each answer of the OpenID Connect provider: its size, its time, and the time without any of it. */
@Singleton
@Unremovable
final class ProviderAnswers implements OidcRequestFilter {
    /** How long an answer can take: parts are read until {@link LimitedBody} has had its time, and then a pause. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final int BYTES = 256 << 10;
    private static final Duration PAUSE = Duration.ofSeconds(10);

    @Override
    public Uni<Void> filter(OidcRequestFilterContext context) {
        HttpRequest<?> request = context.request().getDelegate();
        HttpRequest<?> unused = request.timeout(PAUSE.toMillis())
                .<Buffer>as(created ->
                        created.handle(Future.succeededFuture(new LimitedBody(BYTES, LONGEST.minus(PAUSE)))));
        return Uni.createFrom().voidItem();
    }
}
