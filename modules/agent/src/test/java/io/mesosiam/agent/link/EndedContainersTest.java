package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Leases and refusals of containers that have ended. */
class EndedContainersTest extends LeaseStoreFixture {
    @Test
    void newContainerWithAnEndedContainersIdInheritsNothing() {
        upsert(store, new Entry.Refusal("refused", "default", "NoPolicy", "no"));
        upsert(store, served("lease-1", 1, "served", "key-1"));
        upsert(store, served("lease-2", 1, "other", "key-2"));

        Container ended = new Container("served", 100);
        store.changing(List.of(), List.of(new Container("refused", 99), ended));

        assertThat(store.find("refused", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("served", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.held()).extracting(AgentMessage.Held::leaseId).containsExactly("lease-2");
        assertThat(key("other", "default")).isEqualTo("key-2");
    }

    @Test
    void leaseForAnEndedContainersIdIsNacked() {
        upsert(store, served("lease-1", 1, "c", "key-1"));
        store.changing(List.of(new Container("c", 200)), List.of(new Container("c", 100)));

        assertThat(List.of(
                        upsert(store, served("lease-1", 2, "c", "key-1")).orElseThrow(),
                        upsert(store, served("lease-2", 1, "c", "key-2")).orElseThrow(),
                        upsert(store, kept("lease-1", 3, "c", "hash")).orElseThrow()))
                .allSatisfy(
                        reply -> assertThat(reply).isInstanceOfSatisfying(Nack.class, nack -> assertThat(nack.code())
                                .isEqualTo("ContainerEnded")));
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("c/check", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void containersInAnEndedOneHaveEndedUntilItReappears() {
        EndedContainers ended = new EndedContainers();
        Container pod = new Container("pod", 100);
        ended.changed(List.of(), List.of(new Container("pod/task", 101)));
        assertThat(ended.contains(Optional.of("pod/task"))).isTrue();
        assertThat(ended.contains(Optional.of("pod/other"))).isFalse();
        assertThat(ended.contains(Optional.empty())).isFalse();

        ended.changed(List.of(), List.of(new Container("pod/last", 102), pod));
        assertThat(List.of("pod", "pod/task", "pod/last", "pod/other/check"))
                .allMatch(id -> ended.contains(Optional.of(id)));

        ended.changed(List.of(pod), List.of());
        assertThat(List.of("pod", "pod/other")).noneMatch(id -> ended.contains(Optional.of(id)));
    }

    @Test
    void containersInALaterOneWithAnEndedIdHaveNotEnded() {
        EndedContainers ended = new EndedContainers();
        Container later = new Container("alone", 200);
        ended.changed(List.of(later), List.of(new Container("alone", 100), new Container("alone/first", 101)));

        assertThat(ended.contains(Optional.of("alone"))).isTrue();
        assertThat(ended.contains(Optional.of("alone/first"))).isTrue();
        assertThat(ended.contains(Optional.of("alone/second"))).isFalse();

        ended.changed(List.of(), List.of(later));
        assertThat(ended.contains(Optional.of("alone/second"))).isTrue();
    }

    @Test
    void nestedContainersWithLongIdsTakeBoundedMemoryAndDisplaceNoOthers() {
        EndedContainers ended = new EndedContainers();
        List<String> others = List.of("gone", "other/task");
        others.forEach(id -> end(ended, id));
        String name = "n".repeat(1_000);
        List<String> many =
                IntStream.range(0, 20_000).mapToObj(i -> "pod/" + name + i).toList();

        many.forEach(id -> end(ended, id));

        assertThat(others).allMatch(id -> ended.contains(Optional.of(id)));
        assertThat(charactersKept(many, ended)).isPositive().isLessThan(EndedContainers.MAX_NESTED / 4);
    }

    @Test
    void nestedContainersOfManyPodsTakeBoundedMemory() {
        EndedContainers ended = new EndedContainers();
        String name = "n".repeat(1_000);
        List<String> many = IntStream.range(0, 10_000)
                .mapToObj(i -> "pod-" + i % 40 + "/" + name + i)
                .toList();

        many.forEach(id -> end(ended, id));

        assertThat(charactersKept(many, ended)).isPositive().isLessThan(EndedContainers.MAX_NESTED);
    }

    @Test
    void nestedContainersThatEndedLastAreKnownInEachOfManyPods() {
        EndedContainers ended = new EndedContainers();
        String name = "n".repeat(90);
        List<String> many = IntStream.range(0, 9 * 1_100)
                .mapToObj(i -> "pod-" + i % 9 + "/" + name + i)
                .toList();

        many.forEach(id -> end(ended, id));

        assertThat(many).anyMatch(id -> !ended.contains(Optional.of(id)));
        assertThat(many.subList(many.size() - 9 * 900, many.size())).allMatch(id -> ended.contains(Optional.of(id)));

        IntStream.range(0, 8).forEach(pod -> end(ended, "pod-" + pod));
        List<String> later =
                IntStream.range(0, 900).mapToObj(i -> "later/" + name + i).toList();
        later.forEach(id -> end(ended, id));
        assertThat(later).as("room of pods that ended").allMatch(id -> ended.contains(Optional.of(id)));
    }

    @Test
    void nestedContainersThatEndTogetherWithTheirPodsTakeNoRoom() {
        EndedContainers ended = new EndedContainers();
        String name = "n".repeat(1_000);
        for (int pod = 0; pod < 5_000; pod++) {
            ended.changed(
                    List.of(), List.of(new Container("pod-" + pod + "/" + name, 1), new Container("pod-" + pod, 1)));
        }
        List<String> later =
                IntStream.range(0, 200).mapToObj(i -> "later/" + name + i).toList();

        later.forEach(id -> end(ended, id));

        assertThat(later).allMatch(id -> ended.contains(Optional.of(id)));
    }

    @Test
    void nestedContainersThatScansMissTakeNoRoom() {
        EndedContainers ended = new EndedContainers();
        Container missed = new Container("pod/" + "n".repeat(1_000), 1);
        for (int scan = 0; scan < 1_000; scan++) {
            ended.changed(List.of(), List.of(missed));
            ended.changed(List.of(missed), List.of());
        }

        List<String> later = IntStream.range(0, 900).mapToObj(i -> "pod/" + i).toList();
        later.forEach(id -> end(ended, id));
        assertThat(later).allMatch(id -> ended.contains(Optional.of(id)));
        assertThat(ended.contains(Optional.of(missed.id()))).isFalse();
    }

    private static void end(EndedContainers ended, String id) {
        ended.changed(List.of(), List.of(new Container(id, 1)));
    }

    private static int charactersKept(List<String> ids, EndedContainers ended) {
        return ids.stream()
                .filter(id -> ended.contains(Optional.of(id)))
                .mapToInt(String::length)
                .sum();
    }

    @Test
    void containerMissedByOneScanGetsItsLeaseAgain() {
        Container container = new Container("c", 100);
        store.changing(List.of(), List.of(container));
        store.changing(List.of(container), List.of());

        upsert(store, served("lease-1", 1, "c", "key-1"));

        assertThat(key("c", "default")).isEqualTo("key-1");
    }
}
