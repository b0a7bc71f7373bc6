package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody.Form;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Refusals, and their order with the leases of the same container. */
class RefusalsInTheStoreTest extends LeaseStoreFixture {
    @Test
    void refusalIsClearedOnDemand() {
        upsert(store, new Entry.Refusal("a", "default", "NoPolicy", "no"));
        upsert(store, served("lease-1", 1, "c", "key-1"));

        store.clearRefusal("a", "default");
        store.clearRefusal("c", "default");

        assertThat(store.find("a", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void evictedHostRefusesEveryContainerAndHoldsNothingUntilTheNextSync() {
        upsert(store, served("lease-1", 1, "c", "key-1"));
        upsert(store, new Entry.Refusal("d", "default", "NoPolicy", "no"));
        Answer.Lease lease = (Answer.Lease) store.find("c", "default");

        store.evict();

        for (String container : List.of("c", "d", "another")) {
            assertThat(store.find(container, "default"))
                    .isInstanceOfSatisfying(Answer.Refusal.class, refusal -> assertThat(refusal.code())
                            .isEqualTo("HostEvicted"));
        }
        assertThat(store.held()).isEmpty();
        assertThat(lease.body().copy(Form.CONTAINER)).as("the zeroed answer").isEmpty();

        sync(store, new Sync(2, List.of(served("lease-1", 2, "c", "key-1"))));
        assertThat(key("c", "default")).isEqualTo("key-1");
        assertThat(store.find("another", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void requestThatWaitsIsRefusedWhenTheHostIsEvicted() throws Exception {
        CompletableFuture<Answer> waiting = new CompletableFuture<>();
        Thread request = Thread.ofVirtual().start(() -> {
            try {
                waiting.complete(store.await("c", "default", LONG));
            } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
            }
        });
        while (request.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        store.evict();

        assertThat(waiting.get()).isInstanceOf(Answer.Refusal.class);
    }

    /** A controller may clear a refusal before it serves the container. */
    @Test
    void laterMessageWinsBetweenARefusalAndALease() {
        Entry.Refusal refusal = new Entry.Refusal("c", "default", "NoPolicy", "no");

        upsert(store, refusal);
        upsert(store, served("lease-1", 1, "c", "key-1"));
        assertThat(key("c", "default")).isEqualTo("key-1");

        upsert(store, refusal);
        assertThat(store.find("c", "default")).isEqualTo(new Answer.Refusal("NoPolicy", "no"));

        upsert(store, kept("lease-1", 2, "c", "hash"));
        assertThat(key("c", "default")).isEqualTo("key-1");

        sync(store, new Sync(2, List.of(kept("lease-1", 3, "c", "hash"), refusal)));
        assertThat(store.find("c", "default")).isEqualTo(new Answer.Refusal("NoPolicy", "no"));
    }

    @Test
    void leaseIsServedAgainOnceTheRefusalIsCleared() {
        upsert(store, served("lease-1", 1, "c", "key-1"));
        upsert(store, served("lease-2", 1, "d", "key-2"));
        upsert(store, new Entry.Refusal("c", "default", "Conflict", "no"));
        upsert(store, new Entry.Refusal("c", "other", "Conflict", "no"));

        store.clearRefusal("c", "default");
        store.clearRefusal("c", "other");

        assertThat(key("c", "default")).isEqualTo("key-1");
        assertThat(store.find("c", "other")).isInstanceOf(Answer.Nothing.class);

        upsert(store, new Entry.Refusal("c", "default", "Conflict", "no"));
        store.remove("lease-1");
        store.clearRefusal("c", "default");
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void refusalThatArrivesAfterTheEndOfItsContainerIsDropped() {
        Container ended = new Container("c", 7);
        store.changing(List.of(ended), List.of());
        store.changing(List.of(), List.of(ended));

        upsert(store, new Entry.Refusal("c", "default", "NoPolicy", "no"));
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);

        sync(store, new Sync(2, List.of(new Entry.Refusal("c", "default", "NoPolicy", "no"))));
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
    }
}
