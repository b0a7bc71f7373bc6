package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody.Form;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

class LeaseStoreTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant EXPIRATION = START.plus(Duration.ofHours(1));
    private static final Duration LONG = TimeLimit.seconds(60);

    private Instant now = START;
    private final LeaseStore store = new LeaseStore(() -> now);

    @Test
    void leaseIsServedOnlyToItsContainerUnderItsName() {
        assertThat(store.upsert(served("lease-1", 1, "c", "key-1"))).hasValue(new Ack("lease-1", 1));

        assertThat(key("c", "default")).isEqualTo("key-1");
        assertThat(store.find("c", "other")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.find("d", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void highestRevisionWins() {
        store.upsert(served("lease-1", 3, "c", "key-3"));

        assertThat(store.upsert(served("lease-1", 2, "c", "key-2"))).hasValue(new Ack("lease-1", 3));
        assertThat(key("c", "default")).isEqualTo("key-3");

        store.upsert(served("lease-1", 4, "c", "key-4"));
        assertThat(key("c", "default")).isEqualTo("key-4");
    }

    @Test
    void secretsOfAMessageAreZeroedOnceRendered() {
        Entry.Served entry = served("lease-1", 1, "c", "key-1");

        store.upsert(entry);

        assertThat(entry.session().secretAccessKey().reveal()).containsOnly(0);
        assertThat(entry.session().sessionToken().reveal()).containsOnly(0);
    }

    @Test
    void unboundLeaseIsServedOnceBoundWithTheSameSession() {
        store.upsert(new Entry.Served(
                "lease-1", 1, Optional.empty(), "default", "arn:aws:iam::1:role/r", "hash", session("key-1")));
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);

        assertThat(store.upsert(kept("lease-1", 2, "c", "hash"))).hasValue(new Ack("lease-1", 2));

        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void keptEntryWithoutAHeldSessionIsNacked() {
        assertThat(store.upsert(kept("lease-1", 2, "c", "hash")).orElseThrow())
                .isInstanceOfSatisfying(
                        Nack.class, nack -> assertThat(nack.code()).isEqualTo("SessionMissing"));

        store.upsert(served("lease-1", 1, "c", "key-1"));
        assertThat(store.upsert(kept("lease-1", 2, "c", "another identity")).orElseThrow())
                .isInstanceOf(Nack.class);
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void syncRemovesMissingEntriesAndKeepsOthers() {
        store.upsert(served("gone", 1, "a", "key-a"));
        store.upsert(served("kept", 1, "b", "key-b"));
        store.upsert(new Entry.Refusal("c", "default", "NoPolicy", "no"));
        Answer.Lease gone = (Answer.Lease) store.find("a", "default");

        var replies = store.sync(new Sync(
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
    void expiredLeaseIsNotServedAndIsZeroedWithoutAController() {
        store.upsert(served("lease-1", 1, "c", "key-1"));
        Answer.Lease lease = (Answer.Lease) store.find("c", "default");

        now = EXPIRATION;

        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(store.held()).isEmpty();
        store.dropExpired();
        assertThat(lease.body().copy(Form.CONTAINER)).isEmpty();
        assertThat(store.upsert(served("lease-1", 2, "c", "key-1")).orElseThrow())
                .isInstanceOfSatisfying(
                        Nack.class, nack -> assertThat(nack.code()).isEqualTo("SessionExpired"));
    }

    @Test
    void expiredSessionIsNackedWithBothClocksTimes() {
        now = START.plus(Duration.ofHours(2));

        assertThat(store.upsert(served("lease-1", 1, "c", "key-1")))
                .hasValue(new Nack(
                        "lease-1",
                        1,
                        "SessionExpired",
                        "the session ended at 2030-01-01T01:00:00Z, and this host's clock shows 2030-01-01T02:00:00Z:"
                                + " one of the two clocks is wrong"));
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void expiredSessionIsLoggedOnceAndCountedEachTime() {
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        Logger log = Logger.getLogger(ExpiredArrivals.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        try {
            now = START.plus(Duration.ofHours(2));
            store.upsert(served("lease-1", 1, "c", "key-1"));
            store.upsert(served("lease-1", 2, "c", "key-2"));
        } finally {
            log.removeHandler(handler);
        }

        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("WARN")
                .contains("session dropped on arrival leaseId=lease-1 containerId=c reason=the session ended at ")
                .doesNotContain("key-1");
        Exposition exposition = new Exposition();
        store.expose(exposition);
        assertThat(exposition.toString()).contains("mesosiam_agent_sessions_expired_on_arrival_total 2");
    }

    @Test
    void sessionHandedOverToAnotherLeaseIsServedWithoutAGapAndSurvivesTheFirst() {
        store.upsert(served("old", 7, "c", "key-1"));

        assertThat(store.upsert(keptAs("new", 1, "c", "hash", "old"))).hasValue(new Ack("new", 1));
        assertThat(key("c", "default")).isEqualTo("key-1");
        store.remove("old");

        assertThat(key("c", "default")).isEqualTo("key-1");
        assertThat(store.held()).containsExactly(new Held("new", "hash", EXPIRATION));
        assertThat(store.find("c", "default"))
                .isInstanceOfSatisfying(
                        Answer.Lease.class, lease -> assertThat(lease.leaseId()).isEqualTo("new"));
        // a controller may repeat the message
        assertThat(store.upsert(keptAs("new", 1, "c", "hash", "old"))).hasValue(new Ack("new", 1));
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void sessionIsHandedOverInASync() {
        store.upsert(served("old", 7, "c", "key-1"));

        var replies = store.sync(new Sync(2, List.of(keptAs("new", 1, "c", "hash", "old"))));

        assertThat(replies).containsExactly(new Ack("new", 1));
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    @Test
    void sessionOfAnotherIdentityOrOfAnUnknownLeaseIsNotHandedOver() {
        store.upsert(served("old", 7, "c", "key-1"));

        assertThat(store.upsert(keptAs("new", 1, "d", "another identity", "old"))
                        .orElseThrow())
                .isInstanceOf(Nack.class);
        assertThat(store.upsert(keptAs("new", 1, "d", "hash", "none")).orElseThrow())
                .isInstanceOf(Nack.class);
        assertThat(store.find("d", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(key("c", "default")).isEqualTo("key-1");

        store.upsert(keptAs("new", 1, "d", "hash", "old"));
        assertThat(key("d", "default")).isEqualTo("key-1");
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void leaseThatMovesToAnotherContainerLeavesTheFirst() {
        store.upsert(served("lease-1", 1, "a", "key-1"));
        store.upsert(served("lease-1", 2, "b", "key-2"));

        assertThat(store.find("a", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(key("b", "default")).isEqualTo("key-2");
    }

    @Test
    void removedLeaseLeavesItsSuccessorForTheSameContainer() {
        store.upsert(served("old", 1, "c", "key-old"));
        store.upsert(served("new", 1, "c", "key-new"));

        store.remove("old");

        assertThat(key("c", "default")).isEqualTo("key-new");
    }

    @Test
    void nestedContainerUsesItsTasksLeaseButNotItsRefusal() {
        store.upsert(served("lease-1", 1, "task", "key-1"));
        store.upsert(new Entry.Refusal("refused", "default", "NoPolicy", "no"));

        assertThat(store.find("task/check", "default"))
                .isInstanceOfSatisfying(Answer.Lease.class, lease -> assertThat(lease.containerId())
                        .isEqualTo("task"));
        assertThat(key("task/debug/deeper", "default")).isEqualTo("key-1");
        assertThat(store.find("refused/check", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void nestedTasksHaveTheirOwnLeasesAndTheirExecutorHasNone() {
        store.upsert(served("lease-1", 1, "executor/a", "key-a"));
        store.upsert(served("lease-2", 1, "executor/b", "key-b"));

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
    void refusalIsClearedOnDemand() {
        store.upsert(new Entry.Refusal("a", "default", "NoPolicy", "no"));
        store.upsert(served("lease-1", 1, "c", "key-1"));

        store.clearRefusal("a", "default");
        store.clearRefusal("c", "default");

        assertThat(store.find("a", "default")).isInstanceOf(Answer.Nothing.class);
        assertThat(key("c", "default")).isEqualTo("key-1");
    }

    /** A controller may clear a refusal before it serves the container. */
    @Test
    void laterMessageWinsBetweenARefusalAndALease() {
        Entry.Refusal refusal = new Entry.Refusal("c", "default", "NoPolicy", "no");

        store.upsert(refusal);
        store.upsert(served("lease-1", 1, "c", "key-1"));
        assertThat(key("c", "default")).isEqualTo("key-1");

        store.upsert(refusal);
        assertThat(store.find("c", "default")).isEqualTo(new Answer.Refusal("NoPolicy", "no"));

        store.upsert(kept("lease-1", 2, "c", "hash"));
        assertThat(key("c", "default")).isEqualTo("key-1");

        store.sync(new Sync(2, List.of(kept("lease-1", 3, "c", "hash"), refusal)));
        assertThat(store.find("c", "default")).isEqualTo(new Answer.Refusal("NoPolicy", "no"));
    }

    @Test
    void leaseIsServedAgainOnceTheRefusalIsCleared() {
        store.upsert(served("lease-1", 1, "c", "key-1"));
        store.upsert(served("lease-2", 1, "d", "key-2"));
        store.upsert(new Entry.Refusal("c", "default", "Conflict", "no"));
        store.upsert(new Entry.Refusal("c", "other", "Conflict", "no"));

        store.clearRefusal("c", "default");
        store.clearRefusal("c", "other");

        assertThat(key("c", "default")).isEqualTo("key-1");
        assertThat(store.find("c", "other")).isInstanceOf(Answer.Nothing.class);

        store.upsert(new Entry.Refusal("c", "default", "Conflict", "no"));
        store.remove("lease-1");
        store.clearRefusal("c", "default");
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
    }

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

    @Test
    void waitingCallersGetTheLaterAnswer() throws Exception {
        FutureTask<Answer> lease = waiting(() -> store.await("c", "default", LONG));
        FutureTask<Answer> refusal = waiting(() -> store.await("d", "default", LONG));

        store.upsert(served("other", 1, "x", "key-x"));
        store.upsert(served("lease-1", 1, "c", "key-1"));
        store.upsert(new Entry.Refusal("d", "default", "NoPolicy", "no"));

        assertThat(lease.get()).isInstanceOf(Answer.Lease.class);
        assertThat(refusal.get()).isInstanceOf(Answer.Refusal.class);
    }

    @Test
    void waitWithoutAnAnswerEndsWithNothing() throws Exception {
        assertThat(store.await("c", "default", Duration.ZERO)).isInstanceOf(Answer.Nothing.class);
        assertThat(store.await("c", "default", Duration.ofMillis(1))).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void heldLeasesAreReportedWithoutKeyMaterial() {
        store.upsert(served("lease-1", 1, "c", "key-1"));

        assertThat(store.held()).containsExactly(new Held("lease-1", "hash", EXPIRATION));
    }

    @Test
    void closeZeroesAllLeases() {
        store.upsert(served("lease-1", 1, "c", "key-1"));
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

    /** The access key id of the answer for a container. */
    private String key(String containerId, String name) {
        Answer.Lease lease = (Answer.Lease) store.find(containerId, name);
        String json = new String(lease.body().copy(Form.CONTAINER).orElseThrow(), StandardCharsets.UTF_8);
        return json.replaceAll(".*\"AccessKeyId\":\"([^\"]*)\".*", "$1");
    }

    private static Entry.Served served(String leaseId, long revision, String containerId, String accessKeyId) {
        return new Entry.Served(
                leaseId,
                revision,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::1:role/r",
                "hash",
                session(accessKeyId));
    }

    private static Entry.Kept keptAs(
            String leaseId, long revision, String containerId, String identityHash, String heldAs) {
        return new Entry.Kept(
                leaseId,
                revision,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::1:role/r",
                identityHash,
                Optional.of(heldAs));
    }

    private static Entry.Kept kept(String leaseId, long revision, String containerId, String identityHash) {
        return new Entry.Kept(
                leaseId, revision, Optional.of(containerId), "default", "arn:aws:iam::1:role/r", identityHash);
    }

    private static WireSession session(String accessKeyId) {
        return new WireSession(accessKeyId, Secret.of("secret-key"), Secret.of("secret-token"), EXPIRATION);
    }
}
