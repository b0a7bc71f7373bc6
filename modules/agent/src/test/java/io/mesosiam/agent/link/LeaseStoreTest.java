package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody.Form;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.Executor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaseStoreTest extends LeaseStoreFixture {
    private static final Executor EXECUTOR = new Executor("framework-1", "executor-1");

    @Test
    void answerHasTheTraceOfItsSession() {
        String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        upsert(
                store,
                new Entry.Served(
                        "l1",
                        1,
                        Optional.empty(),
                        "default",
                        "arn:aws:iam::1:role/r",
                        "hash",
                        session("KEY"),
                        Optional.of("00-" + traceId + "-00f067aa0ba902b7-01"),
                        Optional.empty()));
        // the binding to the container comes later, without the session
        upsert(store, kept("l1", 2, "c", "hash"));

        assertThat(((Answer.Lease) store.find("c", "default")).traceId()).contains(traceId);
    }

    @Test
    void leaseIsServedOnlyToItsContainerUnderItsName() {
        assertThat(upsert(store, served("lease-1", 1, "c", "key-1"))).hasValue(new Ack("lease-1", 1));

        assertThat(key("c", "default")).isEqualTo("key-1");
        assertThat(store.find("c", "other")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("d", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void leaseOfATaskIsNotServedToAContainerOfAnotherExecutor() {
        ofAnotherExecutor.add("c");
        Entry.Served lease = served("lease-1", 1, "c", "key-1");

        assertThat(upsert(store, of(EXECUTOR, lease)))
                .get()
                .isInstanceOf(Nack.class)
                .hasFieldOrPropertyWithValue("code", "AnotherExecutor");
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.held()).isEmpty();

        // controllers of earlier versions name no executor
        assertThat(upsert(store, served("lease-1", 2, "c", "key-2"))).hasValue(new Ack("lease-1", 2));
    }

    @Test
    void sessionEndsIfItsLeaseIsBoundToAContainerOfAnotherExecutor() {
        upsert(store, served("lease-1", 1, "c", "key-1"));
        ofAnotherExecutor.add("d");

        var reply = upsert(
                store,
                new Entry.Kept(
                        "lease-1",
                        2,
                        Optional.of("d"),
                        "default",
                        "arn:aws:iam::1:role/r",
                        "hash",
                        Optional.empty(),
                        Optional.of(EXECUTOR)));

        assertThat(reply).get().isInstanceOf(Nack.class);
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("d", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.held()).isEmpty();
    }

    @Test
    void sessionIsZeroedIfMesossFilesCanNotBeRead() {
        LeaseStore own = new LeaseStore(() -> now, _ -> {
            throw new IllegalStateException("not read");
        });
        Entry.Served added = of(EXECUTOR, served("lease-1", 1, "c", "key-1"));
        Entry.Served synced = of(EXECUTOR, served("lease-2", 1, "d", "key-2"));

        assertThatThrownBy(() -> upsert(own, added)).hasMessage("not read");
        assertThatThrownBy(() -> sync(own, new Sync(1, List.of(synced)))).hasMessage("not read");

        assertThat(List.of(added.session(), synced.session())).allSatisfy(session -> {
            assertThat(session.secretAccessKey().reveal()).containsOnly(0);
            assertThat(session.sessionToken().reveal()).containsOnly(0);
        });
    }

    @Test
    void containersEndWhileMesossFilesAreRead() {
        AtomicReference<LeaseStore> own = new AtomicReference<>();
        own.set(new LeaseStore(() -> now, _ -> {
            CompletableFuture.runAsync(() -> own.get().changing(List.of(), List.of(new Container("other", 1))))
                    .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                    .join();
            return Optional.of(EXECUTOR);
        }));
        Entry.Served lease = of(EXECUTOR, served("lease-1", 1, "c", "key-1"));
        Entry.Kept kept = new Entry.Kept(
                "lease-1",
                2,
                Optional.of("c"),
                "default",
                "arn:aws:iam::1:role/r",
                "hash",
                Optional.empty(),
                Optional.of(EXECUTOR));

        assertThat(upsert(own.get(), lease)).hasValue(new Ack("lease-1", 1));
        assertThat(sync(own.get(), new Sync(1, List.of(kept)))).containsExactly(new Ack("lease-1", 2));
    }

    @Test
    void fileOfAnOutermostContainerIsReadOnceForAFullState() {
        List<String> read = new ArrayList<>();
        LeaseStore own = new LeaseStore(() -> now, container -> {
            read.add(container);
            return Optional.of(EXECUTOR);
        });
        List<Entry> entries = IntStream.range(0, 100)
                .<Entry>mapToObj(i -> of(EXECUTOR, served("lease-" + i, 1, "pod/" + i, "key")))
                .toList();

        assertThat(sync(own, new Sync(1, entries))).hasSize(100).allMatch(Ack.class::isInstance);
        assertThat(read).containsExactly("pod");
    }

    @Test
    void highestRevisionWins() {
        upsert(store, served("lease-1", 3, "c", "key-3"));

        assertThat(upsert(store, served("lease-1", 2, "c", "key-2"))).hasValue(new Ack("lease-1", 3));
        assertThat(key("c", "default")).isEqualTo("key-3");

        upsert(store, served("lease-1", 4, "c", "key-4"));
        assertThat(key("c", "default")).isEqualTo("key-4");
    }

    /** The former controller was lost before it had written the rows of its last sessions. */
    @Test
    void nextControllersSyncAndWhatFollowsItWinWithLowerRevisions() {
        upsert(store, served("kept", 7, "a", "key-7"));
        upsert(store, served("served", 7, "b", "key-7"));

        var replies =
                sync(store, new Sync(2, List.of(kept("kept", 4, "a", "hash"), served("served", 4, "b", "key-4"))));

        assertThat(replies).containsExactly(new Ack("kept", 4), new Ack("served", 4));
        assertThat(key("a", "default")).isEqualTo("key-7");
        assertThat(key("b", "default")).isEqualTo("key-4");
        assertThat(upsert(store, served("kept", 5, "a", "key-5"))).hasValue(new Ack("kept", 5));
        assertThat(key("a", "default")).isEqualTo("key-5");
    }

    @Test
    void secretsOfAMessageAreZeroedOnceRendered() {
        Entry.Served entry = served("lease-1", 1, "c", "key-1");

        upsert(store, entry);

        assertThat(entry.session().secretAccessKey().reveal()).containsOnly(0);
        assertThat(entry.session().sessionToken().reveal()).containsOnly(0);
    }

    @Test
    void unboundLeaseIsServedOnceBoundWithTheSameSession() {
        upsert(
                store,
                new Entry.Served(
                        "lease-1", 1, Optional.empty(), "default", "arn:aws:iam::1:role/r", "hash", session("key-1")));
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);

        assertThat(upsert(store, kept("lease-1", 2, "c", "hash"))).hasValue(new Ack("lease-1", 2));

        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void keptEntryWithoutAHeldSessionIsNacked() {
        assertThat(upsert(store, kept("lease-1", 2, "c", "hash")).orElseThrow())
                .isInstanceOfSatisfying(
                        Nack.class, nack -> assertThat(nack.code()).isEqualTo("SessionMissing"));

        upsert(store, served("lease-1", 1, "c", "key-1"));
        assertThat(upsert(store, kept("lease-1", 2, "c", "another identity")).orElseThrow())
                .isInstanceOf(Nack.class);
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void syncRemovesMissingEntriesAndKeepsOthers() {
        upsert(store, served("gone", 1, "a", "key-a"));
        upsert(store, served("kept", 1, "b", "key-b"));
        upsert(store, new Entry.Refusal("c", "default", "NoPolicy", "no"));
        Answer.Lease gone = (Answer.Lease) store.find("a", "default");

        var replies = sync(
                store,
                new Sync(
                        2,
                        List.of(
                                kept("kept", 2, "b", "hash"),
                                served("new", 1, "d", "key-d"),
                                new Entry.Refusal("e", "default", "NoPolicy", "no"))));

        assertThat(replies).containsExactly(new Ack("kept", 2), new Ack("new", 1));
        assertThat(store.find("a", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(gone.body().copy(Form.CONTAINER)).isEmpty();
        assertThat(key("b", "default")).isEqualTo("key-b");
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(key("d", "default")).isEqualTo("key-d");
        assertThat(store.find("e", "default")).isEqualTo(new Answer.Refusal("NoPolicy", "no"));
    }

    @Test
    void leasesOfWhichAControllerWasNotInformedStayAtItsSyncUnlessItDecidesOtherwise() {
        upsert(store, served("reported", 1, "a", "key-a"));
        Map<String, Optional<String>> reported = store.containers();
        upsert(store, served("later", 1, "b", "key-b"));
        upsert(store, served("replaced", 1, "c", "key-c"));
        upsert(store, served("refused", 1, "d", "key-d"));

        var result = store.sync(
                new Sync(
                        2,
                        List.of(served("own", 1, "c", "key-own"), new Entry.Refusal("d", "default", "NoPolicy", "no"))),
                Set.of(),
                as(reported));

        assertThat(result.later()).isEqualTo(1);
        assertThat(store.find("a", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(key("b", "default")).isEqualTo("key-b");
        assertThat(key("c", "default")).isEqualTo("key-own");
        assertThat(store.find("d", "default")).isEqualTo(new Answer.Refusal("NoPolicy", "no"));
        assertThat(store.containers()).containsOnlyKeys("later", "own");
    }

    /** The former controller has replaced a lease of which the next one knows nothing but that the agent holds it. */
    @Test
    void leaseThatReplacedARetainedOneStays() {
        upsert(store, served("retained", 1, "c", "key-1"));
        Map<String, Optional<String>> reported = store.containers();
        upsert(store, served("later", 1, "c", "key-2"));

        var result = store.sync(new Sync(2, List.of(), List.of("retained")), Set.of(), as(reported));

        assertThat(result.later()).isEqualTo(1);
        assertThat(key("c", "default")).isEqualTo("key-2");
    }

    @Test
    void leaseThatReplacedAnotherStaysIfTheControllerKeepsOnlyTheOther() {
        upsert(store, served("former", 1, "c", "key-1"));
        Map<String, Optional<String>> reported = store.containers();
        upsert(store, keptAs("later", 1, "c", "hash", "former"));

        var result = store.sync(new Sync(2, List.of(kept("former", 1, "c", "hash"))), Set.of(), as(reported));

        assertThat(result.replies()).singleElement().isInstanceOf(Nack.class);
        assertThat(result.later()).isEqualTo(1);
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void leaseThatTheFormerControllerHasBoundSinceIsServedAlthoughTheNextOneDoesNotKnowItsContainer() {
        upsert(store, unbound("kept", "key-a"));
        upsert(store, unbound("served", "key-b"));
        upsert(store, unbound("known", "key-c"));
        upsert(store, unbound("refused", "key-d"));
        Map<String, Optional<String>> reported = store.containers();
        List.of("kept", "served", "known", "refused").forEach(id -> upsert(store, kept(id, 2, "of-" + id, "hash")));

        List<Entry> state = List.of(
                unboundKept("kept"),
                unbound("served", "key-e"),
                kept("known", 1, "of-known", "hash"),
                unboundKept("refused"),
                new Entry.Refusal("of-refused", "default", "NoPolicy", "no"));
        var result = store.sync(new Sync(2, state), Set.of(), as(reported));

        assertThat(result.later()).isEqualTo(2);
        assertThat(key("of-kept", "default")).isEqualTo("key-a");
        assertThat(key("of-served", "default")).isEqualTo("key-e");
        assertThat(key("of-known", "default")).isEqualTo("key-c");
        assertThat(store.find("of-refused", "default")).isInstanceOf(Answer.Refusal.class);

        assertThat(store.sync(new Sync(3, List.of(unboundKept("kept"))), Set.of(), as(store.containers()))
                        .later())
                .isZero();
        assertThat(store.find("of-kept", "default")).isInstanceOf(Answer.Nothing.class);
    }

    private static Entry.Served unbound(String lease, String accessKeyId) {
        return new Entry.Served(
                lease, 1, Optional.empty(), "default", "arn:aws:iam::1:role/r", "hash", session(accessKeyId));
    }

    private static Entry.Kept unboundKept(String lease) {
        return new Entry.Kept(lease, 1, Optional.empty(), "default", "arn:aws:iam::1:role/r", "hash");
    }

    /** Whether a controller was informed of a lease as it is. */
    private static Predicate<StoredLease> as(Map<String, Optional<String>> reported) {
        return lease -> lease.containerId().equals(reported.get(lease.leaseId()));
    }

    @Test
    void syncLeavesRetainedLeasesAsTheyAre() {
        upsert(store, served("retained", 3, "a", "key-a"));
        upsert(store, served("gone", 1, "b", "key-b"));

        assertThat(sync(store, new Sync(2, List.of(), List.of("retained", "never-held"))))
                .isEmpty();

        assertThat(key("a", "default")).isEqualTo("key-a");
        assertThat(store.find("b", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.held()).hasSize(1);
    }

    @Test
    void expiredLeaseIsNotServedAndIsZeroedWithoutAController() {
        upsert(store, served("lease-1", 1, "c", "key-1"));
        Answer.Lease lease = (Answer.Lease) store.find("c", "default");

        now = EXPIRATION;

        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.held()).isEmpty();
        store.dropExpired();
        assertThat(lease.body().copy(Form.CONTAINER)).isEmpty();
        assertThat(upsert(store, served("lease-1", 2, "c", "key-1")).orElseThrow())
                .isInstanceOfSatisfying(
                        Nack.class, nack -> assertThat(nack.code()).isEqualTo("SessionExpired"));
    }

    @Test
    void nestedContainerUsesItsTasksLeaseButNotItsRefusal() {
        upsert(store, served("lease-1", 1, "task", "key-1"));
        upsert(store, new Entry.Refusal("refused", "default", "NoPolicy", "no"));

        assertThat(store.find("task/check", "default"))
                .isInstanceOfSatisfying(Answer.Lease.class, lease -> assertThat(lease.containerId())
                        .isEqualTo("task"));
        assertThat(key("task/debug/deeper", "default")).isEqualTo("key-1");
        assertThat(store.find("refused/check", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void nestedTasksHaveTheirOwnLeasesAndTheirExecutorHasNone() {
        upsert(store, served("lease-1", 1, "executor/a", "key-a"));
        upsert(store, served("lease-2", 1, "executor/b", "key-b"));

        assertThat(key("executor/a", "default")).isEqualTo("key-a");
        assertThat(key("executor/b", "default")).isEqualTo("key-b");
        assertThat(store.find("executor/c", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("executor", "default"))
                .isInstanceOfSatisfying(Answer.Refusal.class, refusal -> assertThat(refusal.code())
                        .isEqualTo("NoTask"));
        assertThat(store.find("exec", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("executor-2", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void waitingCallersGetTheLaterAnswer() throws Exception {
        FutureTask<Answer> lease = waiting(() -> store.await("c", "default", LONG));
        FutureTask<Answer> refusal = waiting(() -> store.await("d", "default", LONG));

        upsert(store, served("other", 1, "x", "key-x"));
        upsert(store, served("lease-1", 1, "c", "key-1"));
        upsert(store, new Entry.Refusal("d", "default", "NoPolicy", "no"));

        assertThat(lease.get()).isInstanceOf(Answer.Lease.class);
        assertThat(refusal.get()).isInstanceOf(Answer.Refusal.class);
    }

    @Test
    void waitWithoutAnAnswerEndsWithNothing() throws Exception {
        assertThat(store.await("c", "default", Duration.ZERO)).isInstanceOf(Answer.Nothing.class);
        assertThat(store.await("c", "default", Duration.ofMillis(1))).isInstanceOf(Answer.Nothing.class);
    }

    /** A full state of thousands of leases keeps the store busy for some time. */
    @Test
    void waitEndsInTimeThoughTheStoreIsBusyForLonger() throws Exception {
        upsert(store, served("lease-1", 1, "c", "key-1"));
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread syncing = Thread.ofPlatform()
                .start(() -> store.sync(new Sync(2, List.of()), Set.of(), _ -> {
                    busy.countDown();
                    await(release);
                    return true;
                }));
        busy.await();

        assertThat(store.await("d", "default", Duration.ofMillis(1))).isInstanceOf(Answer.Nothing.class);

        release.countDown();
        syncing.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void heldLeasesAreReportedWithoutKeyMaterial() {
        upsert(store, served("lease-1", 1, "c", "key-1"));

        assertThat(store.held())
                .containsExactly(new Held("lease-1", "hash", EXPIRATION, Optional.of("c"), Optional.of("default")));
    }

    @Test
    void closeZeroesAllLeases() {
        upsert(store, served("lease-1", 1, "c", "key-1"));
        Answer.Lease lease = (Answer.Lease) store.find("c", "default");

        store.close();

        assertThat(lease.body().copy(Form.CONTAINER)).isEmpty();
        assertThat(lease.toString()).doesNotContain("secret");
    }

    private static FutureTask<Answer> waiting(Callable<Answer> wait) {
        FutureTask<Answer> task = new FutureTask<>(wait);
        Thread.startVirtualThread(task);
        return task;
    }
}
