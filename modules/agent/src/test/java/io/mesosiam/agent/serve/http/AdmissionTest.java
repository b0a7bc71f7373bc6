package io.mesosiam.agent.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.Container;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final InetSocketAddress END = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final Caller CALLER = new Caller(END, END);

    @Test
    void containerOpensOnlySoManyConnectionsInASecond() {
        Admission admission = new Admission(8, 1, new NoContainers());
        CallerSource container = CallerSource.ofContainer(new Container("one", 1));

        assertThat(admission.admits(container)).isTrue();
        assertThat(admission.admits(container)).isFalse();
        assertThat(admission.ended()).isOne();
    }

    @Test
    void userWhichMayBeSeveralContainersOpensAnyNumber() {
        Admission admission = new Admission(8, 1, new NoContainers());
        CallerSource user = new CallerSource("user 0", true, false, Optional.empty());

        assertThat(admission.admits(user)).isTrue();
        assertThat(admission.admits(user)).isTrue();
    }

    @Test
    void floodOfUnknownCallersUsesUpNoConnectionsOfTheHostsOwnProcesses() {
        Admission admission = new Admission(8, 1, new NoContainers());
        CallerSource unknown = CallerSource.ofAddress(END);

        assertThat(admission.admits(unknown)).isTrue();
        assertThat(admission.admits(unknown)).isFalse();
        assertThat(admission.admits(new CallerSource("user 0", true, false, Optional.empty())))
                .isTrue();
    }

    @Test
    void connectionWhoseSourceIsNotFoundCountsForUnknownCallers() {
        Admission admission = new Admission(8, 1, new NoContainers() {
            @Override
            public CallerSource source(Caller caller) {
                throw new IllegalStateException("no answer");
            }
        });

        assertThat(admission.sourceAtOnce(CALLER)).map(Connections::name).contains(Connections.UNKNOWN);
        assertThat(Connections.name(admission.source(CALLER))).isEqualTo(Connections.UNKNOWN);
    }
}
