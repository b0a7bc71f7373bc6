package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Leases and refusals of containers that have ended. */
class EndedContainersTest extends LeaseStoreFixture {
    @Test
    void newContainerWithAnEndedContainersIdInheritsNothing() {
        store.upsert(new Entry.Refusal("refused", "default", "NoPolicy", "no"));
        store.upsert(served("lease-1", 1, "served", "key-1"));
        store.upsert(served("lease-2", 1, "other", "key-2"));

        Container ended = new Container("served", 100);
        store.changing(List.of(), List.of(new Container("refused", 99), ended));

        assertThat(store.find("refused", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("served", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.held()).extracting(AgentMessage.Held::leaseId).containsExactly("lease-2");
        assertThat(key("other", "default")).isEqualTo("key-2");
    }

    @Test
    void leaseForAnEndedContainersIdIsNacked() {
        store.upsert(served("lease-1", 1, "c", "key-1"));
        store.changing(List.of(new Container("c", 200)), List.of(new Container("c", 100)));

        assertThat(List.of(
                        store.upsert(served("lease-1", 2, "c", "key-1")).orElseThrow(),
                        store.upsert(served("lease-2", 1, "c", "key-2")).orElseThrow(),
                        store.upsert(kept("lease-1", 3, "c", "hash")).orElseThrow()))
                .allSatisfy(
                        reply -> assertThat(reply).isInstanceOfSatisfying(Nack.class, nack -> assertThat(nack.code())
                                .isEqualTo("ContainerEnded")));
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("c/check", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void containerMissedByOneScanGetsItsLeaseAgain() {
        Container container = new Container("c", 100);
        store.changing(List.of(), List.of(container));
        store.changing(List.of(container), List.of());

        store.upsert(served("lease-1", 1, "c", "key-1"));

        assertThat(key("c", "default")).isEqualTo("key-1");
    }
}
