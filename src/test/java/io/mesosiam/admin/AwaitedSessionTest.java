package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;
import org.junit.jupiter.api.Test;

class AwaitedSessionTest {
    private final List<Object> statements = new ArrayList<>();
    private boolean awaited = true;

    private final StatelessSession session = AwaitedSession.of(
            (StatelessSession) Proxy.newProxyInstance(
                    StatelessSession.class.getClassLoader(),
                    new Class<?>[] {StatelessSession.class},
                    (_, _, arguments) -> {
                        statements.add(arguments[0]);
                        if (arguments[0].equals("fail")) {
                            throw new IllegalArgumentException("refused");
                        }
                        return null;
                    }),
            () -> awaited);

    @Test
    void statementsRunWhileTheirRequestWaits() {
        var unused = session.createNativeQuery("first");
        assertThatThrownBy(() -> session.createNativeQuery("fail"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("refused");

        assertThat(statements).containsExactly("first", "fail");
    }

    @Test
    void noStatementRunsOnceItsRequestWaitsNoLonger() {
        awaited = false;

        assertThatThrownBy(() -> session.insert("row")).hasMessageContaining("waits no longer");
        assertThat(statements).isEmpty();
    }
}
