package io.mesosiam.agent.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.doctor.TlsRefusal;
import io.mesosiam.agent.doctor.Unreached;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerFrame;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.MalformedFrameException;
import io.mesosiam.channel.wire.Protocol;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * One stream to one controller, from its hello to its end. Received messages go to the lease store, and the store's
 * replies are sent back. Messages that arrive after the end are ignored.
 */
final class ControllerStream implements WebSocket.Listener {
    private static final System.Logger LOG = System.getLogger(ControllerStream.class.getName());
    static final int MAX_WAITING = 4096;

    private final URI controller;
    private final LeaseStore store;
    private final LinkTiming timing;
    private final Progress progress;
    private final CertificateExchange certificates;
    private final BiConsumer<TryRoles, Consumer<AgentMessage>> roleTrials;

    @GuardedBy("this")
    private final ControllerFrame frame = new ControllerFrame();

    /** Messages to send, which are made when the sender takes them. An empty list only wakes it. */
    private final BlockingQueue<Supplier<List<AgentMessage>>> outbound = new LinkedBlockingQueue<>(MAX_WAITING);

    /** The messages that the sender, which alone uses this, has taken from the queue. */
    private final Queue<AgentMessage> taken = new ArrayDeque<>();

    private volatile long lastReceived = System.nanoTime();
    private volatile boolean synced;
    private volatile long epoch;

    /** One object, by which the exchange of certificates recognizes this stream. */
    private final Consumer<AgentMessage> sender = this::send;

    @GuardedBy("this")
    private boolean skippedOne;

    private volatile @Nullable StreamEnd end;

    /** Receives what becomes known of a stream. Its methods return at once, and take no lock. */
    interface Progress {
        /** Whether this stream serves the host, even if no leases have arrived on it; false while another one does. */
        boolean serves();

        /** The leases of which the controller was informed when the stream began, with their containers. */
        Map<String, Optional<String>> reported();

        /**
         * The controller has sent this host's leases, for the first time on this stream.
         *
         * @param epoch that of the controller's claim on the host
         * @return whether they are to be used; if not, the stream ends
         */
        boolean arrived(long epoch);

        /** The controller asks the host to move to another one within this time. */
        void move(Duration within);
    }

    ControllerStream(
            URI controller,
            LeaseStore store,
            LinkTiming timing,
            Progress progress,
            CertificateExchange certificates,
            BiConsumer<TryRoles, Consumer<AgentMessage>> roleTrials) {
        this.controller = controller;
        this.store = store;
        this.timing = timing;
        this.progress = progress;
        this.certificates = certificates;
        this.roleTrials = roleTrials;
    }

    /** Queues a message to send. The first message has to be the hello. */
    void send(AgentMessage message) {
        send(List.of(message));
    }

    /** Queues messages that count as one: the replies to a full state are as many as its leases. */
    private void send(List<AgentMessage> messages) {
        sendMade(() -> messages);
    }

    /** Queues messages that the sender makes once all before them are sent. */
    void sendMade(Supplier<List<AgentMessage>> messages) {
        if (!outbound.offer(messages)) {
            end(new StreamEnd.Lost("the controller reads too slowly"));
        }
    }

    /**
     * Connects and runs the stream until it ends.
     *
     * @param connected called when it is connected; sends the hello
     */
    StreamEnd run(SSLContext tls, Runnable connected) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            HttpClient client = client(tls, threads);
            try {
                WebSocket socket = connect(client);
                connected.run();
                return runUntilEnd(socket);
            } catch (IOException e) {
                return end(lost(e));
            } finally {
                certificates.closed(sender);
                client.shutdownNow();
                threads.shutdownNow();
            }
        }
    }

    private static StreamEnd lost(Throwable failure) {
        return new StreamEnd.Lost(reason(failure), TlsRefusal.of(failure).isPresent());
    }

    static String reason(Throwable failure) {
        return TlsRefusal.of(failure)
                .map(refusal -> refusal.text() + ": " + refusal.cure())
                .or(() -> Unreached.of(failure).map(unreached -> unreached.text() + ": " + unreached.cure()))
                .orElseGet(failure::toString);
    }

    /** A TLS 1.3 client. The JDK's client verifies the host's name against the certificate. */
    private HttpClient client(SSLContext tls, ExecutorService threads) {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        return HttpClient.newBuilder()
                .sslContext(tls)
                .sslParameters(parameters)
                .connectTimeout(timing.connect())
                .proxy(HttpClient.Builder.NO_PROXY)
                .executor(threads)
                .build();
    }

    private WebSocket connect(HttpClient client) throws IOException, InterruptedException {
        return await(
                client.newWebSocketBuilder()
                        .connectTimeout(timing.connect())
                        .buildAsync(controller.resolve(Protocol.PATH), this),
                timing.connect().multipliedBy(2));
    }

    private StreamEnd runUntilEnd(WebSocket socket) throws IOException, InterruptedException {
        try {
            lastReceived = System.nanoTime();
            long pinged = lastReceived;
            while (true) {
                long untilPing = timing.ping().toNanos() - (System.nanoTime() - pinged);
                Optional<AgentMessage> next = next(untilPing);
                StreamEnd over = end;
                if (over != null) {
                    return over;
                }
                if (next.isPresent()) {
                    String text = new String(AgentMessageCodec.encode(next.get()), StandardCharsets.UTF_8);
                    await(socket.sendText(text, true), timing.silence());
                }
                if (System.nanoTime() - pinged >= timing.ping().toNanos()) {
                    pinged = System.nanoTime();
                    await(socket.sendPing(ByteBuffer.allocate(0)), timing.silence());
                }
                if (System.nanoTime() - lastReceived > timing.silence().toNanos()) {
                    end(new StreamEnd.Lost(
                            "nothing received for " + timing.silence().toSeconds() + " s"));
                }
            }
        } finally {
            end(new StreamEnd.Lost("closed"));
            socket.abort();
        }
    }

    /** The next message to send; empty if there is none within that time, or the sender was only woken. */
    Optional<AgentMessage> next(long nanos) throws InterruptedException {
        if (taken.isEmpty()) {
            Supplier<List<AgentMessage>> next = outbound.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            while (next != null) {
                taken.addAll(next.get());
                next = taken.isEmpty() ? outbound.poll() : null;
            }
        }
        return Optional.ofNullable(taken.poll());
    }

    /** Why the stream has ended; empty while it has not. */
    Optional<StreamEnd> ended() {
        return Optional.ofNullable(end);
    }

    private static <T> T await(CompletableFuture<T> future, Duration atMost) throws IOException, InterruptedException {
        try {
            return future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new IOException("no answer within " + atMost.toMillis() + " ms", e);
        }
    }

    /** Ends the stream. The first reason stays. */
    synchronized StreamEnd end(StreamEnd reason) {
        StreamEnd over = end == null ? reason : end;
        end = over;
        frame.clear();
        boolean ignored = outbound.offer(List::of);
        return over;
    }

    /** Whether the controller has sent this host's leases. */
    boolean synced() {
        return synced;
    }

    /** The epoch of the controller's claim on the host; 0 until it has sent the host's leases. */
    long epoch() {
        return epoch;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        receive(data, last);
        socket.request(1);
        return null;
    }

    /** Receives a part of a frame; the parts arrive one after another. */
    void receive(CharSequence data, boolean last) {
        decoded(data, last).ifPresent(message -> {
            // without the monitor: an end must not wait until Mesos's files are read
            Set<Entry> ofOthers = store.ofOtherExecutors(entries(message));
            receive(message, ofOthers);
        });
    }

    /** The message of a frame whose last part has arrived. */
    private synchronized Optional<Decoded<ControllerMessage>> decoded(CharSequence data, boolean last) {
        if (end != null) {
            return Optional.empty();
        }
        lastReceived = System.nanoTime();
        try {
            frame.append(data);
            return last ? Optional.of(frame.message()) : Optional.empty();
        } catch (MalformedFrameException e) {
            end(new StreamEnd.Lost("a frame is malformed: " + e.getMessage()));
            return Optional.empty();
        }
    }

    private static List<Entry> entries(Decoded<ControllerMessage> decoded) {
        return switch (decoded) {
            case Decoded.Known<ControllerMessage>(ControllerMessage.Sync sync) -> sync.entries();
            case Decoded.Known<ControllerMessage>(ControllerMessage.Upsert upsert) -> List.of(upsert.entry());
            default -> List.of();
        };
    }

    /** @param ofOthers the entries of the message whose containers Mesos launched for other executors */
    private synchronized void receive(Decoded<ControllerMessage> decoded, Set<Entry> ofOthers) {
        if (end != null) {
            LeaseStore.destroy(entries(decoded));
            return;
        }
        switch (decoded) {
            case Decoded.Known<ControllerMessage>(ControllerMessage message) -> apply(message, ofOthers);
            case Decoded.Unknown<ControllerMessage>(String type) -> skip(type);
        }
    }

    /** Skips a message of an unknown type. Only the first one is logged, since a newer controller may send many. */
    @GuardedBy("this")
    private void skip(String type) {
        if (!skippedOne) {
            skippedOne = true;
            LOG.log(
                    Level.WARNING,
                    "message of unknown type skipped, further ones on this stream are not logged type=\"{0}\"",
                    type);
        }
    }

    @GuardedBy("this")
    private void apply(ControllerMessage message, Set<Entry> ofOthers) {
        if (!synced
                && !progress.serves()
                && !(message instanceof ControllerMessage.Sync || message instanceof ControllerMessage.Fault)) {
            end(new StreamEnd.Lost("a message arrived before this host's leases"));
            return;
        }
        switch (message) {
            case ControllerMessage.Sync sync -> {
                if (synced || progress.arrived(sync.epoch())) {
                    use(sync, ofOthers);
                } else {
                    discard(sync);
                }
            }
            case ControllerMessage.Upsert upsert ->
                store.upsert(upsert.entry(), ofOthers).ifPresent(this::send);
            case ControllerMessage.Remove remove -> {
                store.remove(remove.leaseId());
                LOG.log(Level.INFO, "lease removed leaseId={0} reason={1}", remove.leaseId(), remove.reason());
            }
            case ControllerMessage.ClearRefusal clear -> store.clearRefusal(clear.containerId(), clear.name());
            case ControllerMessage.Policies policies -> send(new AgentMessage.Policies(policies.version()));
            case ControllerMessage.Certificate issued -> certificates.issued(issued);
            case ControllerMessage.CertificateRefused refused -> certificates.refused(refused);
            case TryRoles request -> roleTrials.accept(request, this::send);
            case ControllerMessage.Move(Duration within) -> progress.move(within);
            case ControllerMessage.Fault fault -> {
                switch (fault.code()) {
                    case StreamEnd.EVICTED -> evicted();
                    case "authority-removed" -> certificates.notAccepted(false);
                    default -> {
                        // the certificate is not the cause
                    }
                }
                end(StreamEnd.of(fault));
            }
        }
    }

    /** While another stream serves the host, that stream's controller decides: this one may not know yet that the host is admitted again. */
    @GuardedBy("this")
    private void evicted() {
        if (progress.serves()) {
            store.evict();
        }
        certificates.notAccepted(true);
    }

    @GuardedBy("this")
    private void use(ControllerMessage.Sync sync, Set<Entry> ofOthers) {
        // while the host moved here, another controller may have sent leases that this one doesn't know
        Map<String, Optional<String>> reported = progress.reported();
        LeaseStore.Synced result = store.sync(
                sync,
                ofOthers,
                lease -> synced
                        || Optional.ofNullable(reported.get(lease.leaseId()))
                                .filter(lease.containerId()::equals)
                                .isPresent());
        epoch = sync.epoch();
        synced = true;
        send(result.replies());
        LOG.log(
                Level.INFO,
                "controller synchronized epoch={0,number,#} entries={1,number,#}",
                sync.epoch(),
                sync.entries().size());
        if (result.later() > 0) {
            end(StreamEnd.forAnotherHello(
                    "leases as the former controller left them, which this one doesn't know: " + result.later()));
            return;
        }
        certificates.opened(sender);
    }

    @GuardedBy("this")
    private void discard(ControllerMessage.Sync sync) {
        LeaseStore.destroy(sync.entries());
        end(new StreamEnd.Lost("the stream to another controller goes on, whose claim on this host is newer"));
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
        return onLiveness(socket);
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
        return onLiveness(socket);
    }

    /** Notes a ping or pong. It counts as a sign of life only after the controller has sent this host's leases. */
    private @Nullable CompletionStage<?> onLiveness(WebSocket socket) {
        if (synced) {
            lastReceived = System.nanoTime();
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        end(new StreamEnd.Lost("a binary frame"));
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
        end(new StreamEnd.Lost(
                "closed by the controller, status " + statusCode + (reason.isEmpty() ? "" : ": " + reason)));
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        end(lost(error));
    }
}
