package io.mesosiam.admin;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/**
 * A session that takes statements only while their request waits. A transaction of a thousand changes is thousands of
 * statements: without this they would all run after the request was answered, with a connection and locked rows.
 */
final class AwaitedSession {
    private AwaitedSession() {}

    static StatelessSession of(StatelessSession session, BooleanSupplier awaited) {
        return (StatelessSession) Proxy.newProxyInstance(
                StatelessSession.class.getClassLoader(),
                new Class<?>[] {StatelessSession.class},
                (_, method, arguments) -> {
                    if (!awaited.getAsBoolean()) {
                        throw new IllegalStateException("the request waits no longer");
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
