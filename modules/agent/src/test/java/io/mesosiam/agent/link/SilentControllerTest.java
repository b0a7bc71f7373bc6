package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Move;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TimeLimit;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A host has to move, and one of the other controllers sends no leases. */
class SilentControllerTest extends TwoControllersFixture {
    @Test
    void controllerThatDoesNotAnswerDoesNotKeepAHostThatHasToMove() throws Exception {
        timing = timing(USUAL.away(), Duration.ofMillis(20));
        try (ServerSocket silent = new ServerSocket(0)) {
            link = link(
                    List.of(first.uri(), URI.create("wss://localhost:" + silent.getLocalPort()), second.uri()),
                    ofAgent);
            link.start(running::get);
            FakeController.Connection former = greeted(first);
            former.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
            former.next(Ack.class);

            former.send(new Move(Duration.ZERO));

            FakeController.Connection next = greeted(second);
            assertThat(former.isOpen()).isTrue();
            next.send(new Sync(2, List.of(kept("lease-1", "task"))));
            assertThat(next.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
            former.awaitClosed();
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        }
    }

    @Test
    void requestToMoveEndsATryToReturnThatGetsNoLeases() throws Exception {
        // the third one is tried before the silent one again, and has this time for its leases
        timing = timing(Duration.ofMillis(20), TimeLimit.seconds(1));
        try (FakeController third = new FakeController(ca, ofController)) {
            link = link(List.of(first.uri(), second.uri(), third.uri()), ofAgent);
            link.start(running::get);
            greeted(first).send(Fault.passing("not-ready", "no master has answered this controller yet"));
            FakeController.Connection former = greeted(second);
            former.send(new Sync(7, List.of(served("lease-1", 1, "task"))));
            former.next(Ack.class);
            FakeController.Connection silent = greeted(first);

            former.send(new Move(Duration.ZERO));

            FakeController.Connection next = greeted(third);
            silent.awaitClosed();
            next.send(new Sync(8, List.of(kept("lease-1", "task"))));
            assertThat(next.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
            former.awaitClosed();
        }
    }

    /** A first connection takes long on a busy machine, and must not fail for that. */
    private static LinkTiming timing(Duration away, Duration opening) {
        return new LinkTiming(LONG, USUAL.ping(), USUAL.silence(), USUAL.ask(), away, opening);
    }
}
