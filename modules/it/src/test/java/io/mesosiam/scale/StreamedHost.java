package io.mesosiam.scale;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.MalformedFrameException;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one host, which keeps and confirms leases as an agent does, and connects again 0.2 to 0.5 s after its end. Key material is
 * dropped at once.
 */
final class StreamedHost {
    private static final AtomicLong TICKS = new AtomicLong();

    private final Vertx vertx;
    private final String name;
    private final String mesosAgentId;
    private final int port;
    private final WebSocketClient client;
    private final LeaseListener listener;
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();

    private final Map<String, Held> held = new HashMap<>();

    private final Map<String, RunningContainer> containers = new HashMap<>();

    private @Nullable WebSocket socket;

    private volatile boolean inSync;
    private volatile boolean closed;

    /** Receives what changes in the leases of hosts. Its methods return at once. */
    interface LeaseListener {
        /** A lease arrived, or was sent again; {@code key} is the id of its access key. */
        void served(String leaseId, String key, String role, boolean bound);

        /** A lease that the host holds already is bound. */
        void bound(String leaseId);

        /** The session of one lease belongs to another one now. */
        void handedOver(String former, String lease);

        void removed(String leaseId);
    }

    StreamedHost(Vertx vertx, TestCa ca, String name, String mesosAgentId, int port, LeaseListener listener) {
        this.vertx = vertx;
        this.name = name;
        this.mesosAgentId = mesosAgentId;
        this.port = port;
        this.listener = listener;
        TestCa.Identity identity = ca.issue("dns:" + name);
        client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setSsl(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setMaxFrameSize(Protocol.MAX_FRAME)
                .setMaxMessageSize(Protocol.MAX_FRAME)
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(ca.certificateFile().toString()))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(identity.certificate().toString())
                        .addKeyPath(identity.key().toString())));
    }

    String mesosAgentId() {
        return mesosAgentId;
    }

    /** Whether it has got its leases on the present stream. */
    boolean isInSync() {
        return inSync;
    }

    synchronized int leases() {
        return held.size();
    }

    /** Bytes that all streams of this host have received. */
    long received() {
        return received.get();
    }

    /** The streams that a fault has ended. */
    long faults() {
        return faults.get();
    }

    void connect() {
        client.connect(port, "localhost", Protocol.PATH).onSuccess(this::opened).onFailure(_ -> again());
    }

    private void again() {
        inSync = false;
        if (!closed) {
            long unused = vertx.setTimer(ThreadLocalRandom.current().nextLong(200, 500), _ -> connect());
        }
    }

    private synchronized void opened(WebSocket opened) {
        socket = opened;
        // the frames, because Vert.x drops a message whose first frame is empty, as each of the controller's is
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        opened.frameHandler(frame -> receive(message, frame));
        opened.closeHandler(_ -> ended(opened));
        send(new Hello(
                Protocol.VERSION,
                "0.1.0",
                name,
                mesosAgentId,
                List.copyOf(held.values()),
                List.copyOf(containers.values())));
    }

    private void ended(WebSocket ended) {
        synchronized (this) {
            if (socket == ended) {
                socket = null;
            }
        }
        again();
    }

    /** A container runs; the agent reports it. */
    synchronized void started(String container) {
        RunningContainer running = new RunningContainer(container, TICKS.incrementAndGet());
        containers.put(container, running);
        send(new AgentMessage.Containers(List.of(running), List.of()));
    }

    /** A container has ended; the agent reports it. */
    synchronized void ended(String container) {
        RunningContainer running = containers.remove(container);
        if (running != null) {
            send(new AgentMessage.Containers(List.of(), List.of(running)));
        }
    }

    private void send(AgentMessage message) {
        if (socket != null) {
            var unused = socket.writeTextMessage(new String(AgentMessageCodec.encode(message), StandardCharsets.UTF_8));
        }
    }

    private void receive(ByteArrayOutputStream message, WebSocketFrame frame) {
        if (frame.isText() || frame.isContinuation()) {
            message.writeBytes(frame.binaryData().getBytes());
            if (frame.isFinal()) {
                receive(message.toByteArray());
                message.reset();
            }
        }
    }

    private void receive(byte[] message) {
        long unused = received.addAndGet(message.length);
        try {
            if (ControllerMessageCodec.decode(message)
                    instanceof Decoded.Known<ControllerMessage>(ControllerMessage known)) {
                apply(known);
            }
        } catch (MalformedFrameException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void apply(ControllerMessage message) {
        switch (message) {
            case ControllerMessage.Sync sync -> sync(sync.entries());
            case ControllerMessage.Upsert upsert -> upsert(upsert.entry());
            case ControllerMessage.Remove remove -> remove(remove.leaseId());
            case ControllerMessage.Policies policies -> send(new AgentMessage.Policies(policies.version()));
            case ControllerMessage.Fault _ -> {
                long unused = faults.incrementAndGet();
            }
            default -> {
                // needs no answer
            }
        }
    }

    private void sync(List<Entry> entries) {
        Set<String> kept = new HashSet<>();
        for (Entry entry : entries) {
            switch (entry) {
                case Entry.Served served -> kept.add(served.leaseId());
                case Entry.Kept lease -> {
                    kept.add(lease.leaseId());
                    lease.heldAs().ifPresent(former -> handOver(former, lease.leaseId()));
                }
                case Entry.Refusal _ -> {
                    // no lease
                }
            }
        }
        for (String lease : Set.copyOf(held.keySet())) {
            if (!kept.contains(lease)) {
                remove(lease);
            }
        }
        for (Entry entry : entries) {
            upsert(entry);
        }
        inSync = true;
    }

    /** The session of a lease belongs to another lease from now on. */
    private void handOver(String former, String lease) {
        Held before = held.remove(former);
        if (before != null) {
            held.put(lease, new Held(lease, before.identityHash(), before.expiration()));
            listener.handedOver(former, lease);
        }
    }

    private void upsert(Entry entry) {
        switch (entry) {
            case Entry.Served served -> {
                Instant end = served.session().expiration();
                held.put(served.leaseId(), new Held(served.leaseId(), served.identityHash(), end));
                served.session().secretAccessKey().destroy();
                served.session().sessionToken().destroy();
                send(new Ack(served.leaseId(), served.revision()));
                listener.served(
                        served.leaseId(),
                        served.session().accessKeyId(),
                        served.roleArn(),
                        served.containerId().isPresent());
            }
            case Entry.Kept kept
            when held.containsKey(kept.leaseId()) -> {
                send(new Ack(kept.leaseId(), kept.revision()));
                if (kept.containerId().isPresent()) {
                    listener.bound(kept.leaseId());
                }
            }
            case Entry.Kept kept ->
                send(new Nack(kept.leaseId(), kept.revision(), "SessionMissing", "this host holds no such session"));
            case Entry.Refusal _ -> {
                // no lease
            }
        }
    }

    private void remove(String lease) {
        if (held.remove(lease) != null) {
            listener.removed(lease);
        }
    }

    void close() {
        closed = true;
        client.close();
    }
}
