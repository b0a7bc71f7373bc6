package io.mesosiam.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PassedDescriptorsTest {
    private static final long OWN = ProcessHandle.current().pid();

    private static Map<String, String> environment(String count, String... names) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LISTEN_PID", String.valueOf(OWN));
        environment.put("LISTEN_FDS", count);
        if (names.length > 0) {
            environment.put("LISTEN_FDNAMES", String.join(":", names));
        }
        return environment;
    }

    @Test
    void socketWithoutANameIsTheListeningSocket() throws IOException {
        assertThat(PassedDescriptors.receive(environment("1")::get).sockets()).containsExactly(3);
    }

    @Test
    void storedDescriptorsAreNoSockets() throws IOException {
        assertThat(PassedDescriptors.receive(environment("3", "mesos-iam-agent.socket:stored-b:stored-a")::get)
                        .sockets())
                .containsExactly(3);
        assertThat(PassedDescriptors.receive(environment("2", "stored-a:any.socket")::get)
                        .sockets())
                .containsExactly(4);
        assertThat(PassedDescriptors.receive(environment("1", "stored-a")::get).socket())
                .isEmpty();
    }

    @Test
    void descriptorsOfAnotherProcessAreNotUsed() throws IOException {
        Map<String, String> environment = environment("1");
        environment.put("LISTEN_PID", String.valueOf(OWN + 1));

        assertThat(PassedDescriptors.receive(environment::get).sockets()).isEmpty();
        assertThat(PassedDescriptors.receive(Map.<String, String>of()::get).socket())
                .isEmpty();
    }

    @Test
    void severalSocketsAreRefused() throws IOException {
        PassedDescriptors two = PassedDescriptors.receive(environment("2", "a.socket:b.socket")::get);

        assertThatThrownBy(two::socket).hasMessage("one socket has to be passed, not 2");
    }

    @Test
    void environmentThatContradictsItselfIsRefused() {
        for (String count : new String[] {"", "0", "-1", "x", "1000"}) {
            assertThatThrownBy(() -> PassedDescriptors.receive(environment(count)::get))
                    .isInstanceOf(IOException.class)
                    .hasMessage("one socket has to be passed, LISTEN_FDS is " + count);
        }
        assertThatThrownBy(() -> PassedDescriptors.receive(environment("2", "a")::get))
                .hasMessage("LISTEN_FDS is 2, LISTEN_FDNAMES is a");
    }
}
