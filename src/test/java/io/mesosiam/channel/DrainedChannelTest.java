package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A channel that is drained, and whose drain ends. */
class DrainedChannelTest {
    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void streamsEndAndHellosAreRefusedWithThePassingFaultOfAStopUntilTheDrainEnds() throws Exception {
        StreamClient open = fixture.open();

        assertThat(fixture.channel.drain(false)).isEqualTo(1);

        Fault end = open.receiveEnd();
        assertThat(end.code()).isEqualTo(AgentChannel.STOPPING.code());
        assertThat(end.persistence()).isInstanceOf(Fault.Passing.class);
        assertThat(fixture.database().query("select state from agent")).containsExactly("disconnected");
        StreamClient refused = fixture.connect();
        refused.send(hello(S1));
        assertThat(refused.receiveEnd()).isEqualTo(end);
        assertThat(fixture.channel.drain(false)).as("drained again").isZero();

        fixture.channel.endDrain();
        fixture.assertStillServed(fixture.open());
    }

    @Test
    void agentsMoveAwayBeforeADrainEndsTheirStreams() throws Exception {
        StreamClient agent = fixture.open();
        CompletableFuture<Integer> drained = CompletableFuture.supplyAsync(() -> fixture.channel.drain(true));

        agent.receive(ControllerMessage.Move.class);
        StreamClient other = fixture.connect();
        other.send(hello(S1));
        assertThat(other.receiveEnd().code()).isEqualTo(AgentChannel.STOPPING.code());
        fixture.assertStillServed(agent);
        agent.close();

        assertThat(drained.join()).isEqualTo(1);
        assertThat(agent.isOpen()).as("a fault has ended it").isTrue();
    }

    @Test
    void agentThatIsServedOnlyAfterTheOthersWereAskedMovesToo() throws Exception {
        fixture.events.state(() -> {
            fixture.channel.admitNoMore();
            return List.of();
        });

        StreamClient late = fixture.open();

        late.receive(ControllerMessage.Move.class);
        fixture.assertStillServed(late);
    }

    @Test
    void earlierDrainDoesNotEndTheStreamsThatALaterOneAsksToMove() throws Exception {
        StreamClient slow = fixture.open();
        CompletableFuture<Integer> earlier = drainInBackground();
        slow.receive(ControllerMessage.Move.class);
        fixture.channel.endDrain();
        StreamClient agent = fixture.connectHost2();
        agent.send(hello(S2));
        agent.receive(ControllerMessage.Sync.class);

        CompletableFuture<Integer> later = drainInBackground();
        agent.receive(ControllerMessage.Move.class);
        slow.close();

        assertThat(earlier.join()).isEqualTo(1);
        assertThat(fixture.channel.deliver(S2, Deliveries.refuse("still here"))).isTrue();
        assertThat(agent.receiveAfterMoves().toString()).contains("still here");
        agent.close();
        assertThat(later.join()).isEqualTo(2);
    }

    @Test
    void agentThatADrainHasAskedToMoveIsAskedAgainByTheNextDrainAndByAStop() throws Exception {
        StreamClient agent = fixture.open();
        CompletableFuture<Integer> earlier = drainInBackground();
        agent.receive(ControllerMessage.Move.class);
        fixture.channel.endDrain();

        CompletableFuture<Integer> later = drainInBackground();
        agent.receive(ControllerMessage.Move.class);
        CompletableFuture<Void> stop = CompletableFuture.runAsync(fixture.channel::moveAway);
        agent.receive(ControllerMessage.Move.class);

        agent.close();
        CompletableFuture.allOf(earlier, later, stop).join();
    }

    private CompletableFuture<Integer> drainInBackground() {
        return CompletableFuture.supplyAsync(() -> fixture.channel.drain(true));
    }

    @Test
    void endOfADrainAdmitsNoAgentToAStoppingController() throws Exception {
        assertThat(fixture.channel.drain(false)).isZero();
        fixture.channel.admitNoMore();
        fixture.channel.endDrain();

        StreamClient refused = fixture.connect();
        refused.send(hello(S1));
        assertThat(refused.receiveEnd()).isEqualTo(AgentChannel.STOPPING);
    }
}
