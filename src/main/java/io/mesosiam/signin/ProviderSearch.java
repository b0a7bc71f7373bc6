package io.mesosiam.signin;

import io.quarkus.oidc.runtime.TenantConfigBean;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Looks for an OpenID Connect provider that did not answer when the controller started, until it has answered once with its
 * endpoints and keys. Requests don't look for it: each would read both by itself, and keep them in memory.
 */
@Singleton
public final class ProviderSearch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ProviderSearch.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Longer than the answers with endpoints and keys can take. */
    private static final Duration LONGEST = ProviderAnswers.LONGEST.multipliedBy(3);

    private final BooleanSupplier known;
    private final Supplier<Uni<?>> connect;
    private final Duration pause;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("provider-search").daemon().factory());

    @Inject
    ProviderSearch(TenantConfigBean tenants, SignInConfig config) {
        this(
                () -> config.oidcIssuer().isEmpty()
                        || tenants.getDefaultTenant().ready(),
                () -> tenants.getDefaultTenant().initialize(),
                PAUSE);
    }

    /**
     * @param known whether there is no provider, or it has answered
     * @param connect reads the provider's endpoints and keys
     * @param pause between two attempts
     */
    ProviderSearch(BooleanSupplier known, Supplier<Uni<?>> connect, Duration pause) {
        this.known = known;
        this.connect = connect;
        this.pause = pause;
    }

    /** Looks for the provider from now on, unless it is known. Returns at once. */
    public void start() {
        if (!isKnown()) {
            LOG.warn("provider of sign-ins not found, its tokens are answered 503 until it answers");
            var unused = timer.scheduleWithFixedDelay(this::look, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Whether the provider has answered once, or there is none. */
    boolean isKnown() {
        return known.getAsBoolean();
    }

    private void look() {
        try {
            Object unused = Uni.createFrom().deferred(connect::get).await().atMost(LONGEST);
        } catch (RuntimeException | Error e) {
            // what is thrown here would end the search
            LOG.debug("provider of sign-ins not found", e);
        }
        if (isKnown()) {
            LOG.info("provider of sign-ins found");
            timer.shutdown();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
