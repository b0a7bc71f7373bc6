package io.mesosiam.agent.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.Container;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final InetSocketAddress END = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final Caller CALLER = new Caller(END, END);

    @Test
    void containerOpensOnlySoManyConnectionsInASecond() {
        Admission admission = new Admission(8, 1, _ -> CallerSource.ofContainer(new Container("one", 1)));

        assertThat(admission.source(CALLER)).contains("container one");
        assertThat(admission.source(CALLER)).isEmpty();
        assertThat(admission.ended()).isOne();
    }

    @Test
    void userWhichMayBeSeveralContainersOpensAnyNumber() {
        Admission admission = new Admission(8, 1, _ -> new CallerSource("user 0", true, false));

        assertThat(admission.source(CALLER)).contains("user 0");
        assertThat(admission.source(CALLER)).contains("user 0");
    }

    @Test
    void connectionWhoseSourceIsNotFoundCountsForUnknownCallers() {
        Admission admission = new Admission(8, 1, _ -> {
            throw new IllegalStateException("no answer");
        });

        assertThat(admission.source(CALLER)).contains(Connections.UNKNOWN);
    }
}
