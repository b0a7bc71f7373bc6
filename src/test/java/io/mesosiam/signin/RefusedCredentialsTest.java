package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.ManualClock;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class RefusedCredentialsTest {
    @Test
    void signInsThatCanNotBeDecidedAreOneLineAMinute() {
        RefusedCredentials refused = new RefusedCredentials(
                null,
                answering(RefusedSignIn.class, null),
                answering(SignInConfig.class, 10),
                new ManualClock(Instant.parse("2030-01-01T00:00:00Z")));
        AtomicReference<Object> handler = new AtomicReference<>();
        HttpServerResponse open = answering(HttpServerResponse.class, false);
        RoutingContext context = RoutingContext.class.cast(Proxy.newProxyInstance(
                RoutingContext.class.getClassLoader(),
                new Class<?>[] {RoutingContext.class},
                (proxy, method, values) -> {
                    if (method.getName().equals("put")) {
                        handler.set(values[1]);
                        return proxy;
                    }
                    return open;
                }));
        refused.watch(context);
        @SuppressWarnings("unchecked")
        BiConsumer<RoutingContext, Throwable> failed = (BiConsumer<RoutingContext, Throwable>) handler.get();

        try (LogRecords log = new LogRecords(RefusedCredentials.class.getName())) {
            for (int i = 0; i < 20; i++) {
                failed.accept(context, new IllegalStateException("thrown by this test"));
            }

            assertThat(log.lines()).singleElement().asString().contains("IllegalStateException");
        }
    }

    /** Each method that is called returns this. */
    private static <T> T answering(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, _, _) -> answer));
    }
}
