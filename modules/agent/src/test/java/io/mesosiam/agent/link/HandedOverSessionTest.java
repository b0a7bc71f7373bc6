package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A session moves from one lease to another, or a lease from one container to another. */
class HandedOverSessionTest extends LeaseStoreFixture {
    @Test
    void sessionHandedOverToAnotherLeaseIsServedWithoutAGapAndSurvivesTheFirst() {
        upsert(store, served("old", 7, "c", "key-1"));

        assertThat(upsert(store, keptAs("new", 1, "c", "hash", "old"))).hasValue(new Ack("new", 1));
        assertThat(key("c", "default")).isEqualTo("key-1");
        store.remove("old");

        assertThat(key("c", "default")).isEqualTo("key-1");
        assertThat(store.held())
                .containsExactly(new Held("new", "hash", EXPIRATION, Optional.of("c"), Optional.of("default")));
        assertThat(store.find("c", "default"))
                .isInstanceOfSatisfying(
                        Answer.Lease.class, lease -> assertThat(lease.leaseId()).isEqualTo("new"));
        // a controller may repeat the message
        assertThat(upsert(store, keptAs("new", 1, "c", "hash", "old"))).hasValue(new Ack("new", 1));
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void sessionIsHandedOverInASync() {
        upsert(store, served("old", 7, "c", "key-1"));

        var replies = sync(store, new Sync(2, List.of(keptAs("new", 1, "c", "hash", "old"))));

        assertThat(replies).containsExactly(new Ack("new", 1));
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void sessionOfAnotherIdentityOrOfAnUnknownLeaseIsNotHandedOver() {
        upsert(store, served("old", 7, "c", "key-1"));

        assertThat(upsert(store, keptAs("new", 1, "d", "another identity", "old"))
                        .orElseThrow())
                .isInstanceOf(Nack.class);
        assertThat(upsert(store, keptAs("new", 1, "d", "hash", "none")).orElseThrow())
                .isInstanceOf(Nack.class);
        assertThat(store.find("d", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(key("c", "default")).isEqualTo("key-1");

        upsert(store, keptAs("new", 1, "d", "hash", "old"));
        assertThat(key("d", "default")).isEqualTo("key-1");
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void leaseThatMovesToAnotherContainerLeavesTheFirst() {
        upsert(store, served("lease-1", 1, "a", "key-1"));
        upsert(store, served("lease-1", 2, "b", "key-2"));

        assertThat(store.find("a", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(key("b", "default")).isEqualTo("key-2");
    }

    @Test
    void removedLeaseLeavesItsSuccessorForTheSameContainer() {
        upsert(store, served("old", 1, "c", "key-old"));
        upsert(store, served("new", 1, "c", "key-new"));

        store.remove("old");

        assertThat(key("c", "default")).isEqualTo("key-new");
    }
}
