package io.mesosiam.agent.link;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody.Form;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.channel.wire.Executor;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store whose clock the test sets, and the messages of a controller. */
abstract class LeaseStoreFixture {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final Instant EXPIRATION = START.plus(Duration.ofHours(1));
    static final Duration LONG = TimeLimit.seconds(60);

    Instant now = START;

    /** The containers of which Mesos says that they are another executor's than that of any lease. */
    final Set<String> ofAnotherExecutor = new HashSet<>();

    final LeaseStore store = new LeaseStore(
            () -> now,
            container ->
                    ofAnotherExecutor.contains(container) ? Optional.of(new Executor("F", "E")) : Optional.empty());

    /** Replaces a host's state with the message's entries, as one stream does. */
    static List<AgentMessage> sync(LeaseStore store, Sync sync) {
        return store.sync(sync, store.ofOtherExecutors(sync.entries()), _ -> true)
                .replies();
    }

    /** Adds or changes an entry, as a stream does. */
    static Optional<AgentMessage> upsert(LeaseStore store, Entry entry) {
        return store.upsert(entry, store.ofOtherExecutors(List.of(entry)));
    }

    /** The access key id of the answer for a container. */
    String key(String containerId, String name) {
        Answer.Lease lease = (Answer.Lease) store.find(containerId, name);
        String json = new String(lease.body().copy(Form.CONTAINER).orElseThrow(), StandardCharsets.UTF_8);
        return json.replaceAll(".*\"AccessKeyId\":\"([^\"]*)\".*", "$1");
    }

    static Entry.Served served(String leaseId, long revision, String containerId, String accessKeyId) {
        return new Entry.Served(
                leaseId,
                revision,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::1:role/r",
                "hash",
                session(accessKeyId));
    }

    /** The same lease of a task of this executor. */
    static Entry.Served of(Executor executor, Entry.Served lease) {
        return new Entry.Served(
                lease.leaseId(),
                lease.revision(),
                lease.containerId(),
                lease.name(),
                lease.roleArn(),
                lease.identityHash(),
                lease.session(),
                lease.traceparent(),
                Optional.of(executor));
    }

    static Entry.Kept keptAs(String leaseId, long revision, String containerId, String identityHash, String heldAs) {
        return new Entry.Kept(
                leaseId,
                revision,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::1:role/r",
                identityHash,
                Optional.of(heldAs),
                Optional.empty());
    }

    static Entry.Kept kept(String leaseId, long revision, String containerId, String identityHash) {
        return new Entry.Kept(
                leaseId, revision, Optional.of(containerId), "default", "arn:aws:iam::1:role/r", identityHash);
    }

    static WireSession session(String accessKeyId) {
        return new WireSession(accessKeyId, Secret.of("secret-key"), Secret.of("secret-token"), EXPIRATION);
    }
}
