package io.mesosiam.agent.serve.http;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.kernel.ActivatedSocket;
import io.mesosiam.agent.metrics.Exposition;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The HTTP server, on its own socket or on systemd's. One thread accepts, reads, writes, and answers what needs no wait;
 * other requests are answered on a virtual thread each. With systemd's socket a restart loses no request: accepted
 * connections are answered, and the others wait for the next process.
 *
 * <p>{@link Admission} decides which connections are read.
 */
public final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());
    /**
     * The connections that wait to be accepted, as in packaging/mesos-iam-agent.socket. A container that opens many at
     * once fills a smaller backlog, and then the kernel drops the connections of others, which try again after 1 s.
     */
    private static final int BACKLOG = 4096;

    /** For sending the last answers of a stop. */
    private static final Duration LAST_ANSWERS = Duration.ofMillis(500);

    static {
        // the unsafe memory accesses of the JDK end with a warning, and aren't faster for buffers of the heap
        System.setProperty("io.netty.noUnsafe", "true");
    }

    /**
     * The limits of a listener.
     *
     * @param connections how many may be open at once
     * @param perSecond how many one source may open in a second; 0 for any number
     */
    public record Limits(int connections, int perSecond, ConnectionTimes times) {}

    private final ServerSocketChannel socket;
    private final InetSocketAddress address;
    private final Optional<ActivatedSocket> handedOver;
    private final StopTimes stop;
    private final ConnectionTimes times;
    private final Admission admission;
    private final NioEventLoopGroup loop = new NioEventLoopGroup(1, new DefaultThreadFactory("mesos-iam-endpoint"));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConnectionsInUse inUse = new ConnectionsInUse();
    private volatile boolean stopping;
    private volatile Function<ReceivedRequest, Handling> handler =
            _ -> new Handling.Done(new Response(404, Map.of(), new byte[0], true));
    private Optional<AcceptingChannel> accepting = Optional.empty();

    private Listener(
            ServerSocketChannel socket,
            InetSocketAddress address,
            Optional<ActivatedSocket> handedOver,
            StopTimes stop,
            Limits limits,
            ContainerAttestor attestor) {
        this.socket = socket;
        this.address = address;
        this.handedOver = handedOver;
        this.stop = stop;
        this.times = limits.times();
        this.admission = new Admission(limits.connections(), limits.perSecond(), attestor);
    }

    /**
     * Binds the address. Nothing is answered before {@link #start}.
     *
     * @param attestor looks up the callers of new connections
     * @throws IOException if the address can't be bound, or the passed socket has another address
     */
    public static Listener open(
            InetSocketAddress wanted,
            Optional<ActivatedSocket> handedOver,
            StopTimes stop,
            Limits limits,
            ContainerAttestor attestor)
            throws IOException {
        if (handedOver.isEmpty()) {
            ServerSocketChannel own = ServerSocketChannel.open().bind(wanted, BACKLOG);
            return new Listener(own, (InetSocketAddress) own.getLocalAddress(), handedOver, stop, limits, attestor);
        }
        ActivatedSocket passed = handedOver.get();
        if (!same(wanted, passed.address())) {
            throw new IOException("the socket that was handed over listens on " + passed.address());
        }
        ServerSocketChannel placeholder =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        passed.replace((InetSocketAddress) placeholder.getLocalAddress());
        return new Listener(placeholder, passed.address(), handedOver, stop, limits, attestor);
    }

    /** Whether both are the same address; the wildcards of IPv4 and IPv6 are equal. */
    private static boolean same(InetSocketAddress wanted, InetSocketAddress given) {
        return wanted.getPort() == given.getPort()
                && (wanted.getAddress().equals(given.getAddress())
                        || (wanted.getAddress().isAnyLocalAddress()
                                && given.getAddress().isAnyLocalAddress()));
    }

    /** Sets what answers requests, before the start. It runs on the event loop's thread and must not wait. */
    public void handle(Function<ReceivedRequest, Handling> answers) {
        handler = answers;
    }

    public void start() {
        accepting = Optional.of((AcceptingChannel) new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> new AcceptingChannel(socket, admission, inUse, threads))
                .childOption(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false))
                .childOption(
                        ChannelOption.RCVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(RequestDecoder.READ_BYTES).maxMessagesPerRead(1))
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // an answer is one small write: waiting for a full segment costs 40 ms each
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<AcceptingChannel.Accepted>() {
                    @Override
                    protected void initChannel(AcceptingChannel.Accepted channel) {
                        opened(channel);
                    }
                })
                .register()
                .syncUninterruptibly()
                .channel());
        long interval = times.interval().toNanos();
        Future<?> unused = loop.scheduleWithFixedDelay(
                () -> admission.endLateOnes(times), interval, interval, TimeUnit.NANOSECONDS);
    }

    public InetSocketAddress address() {
        return address;
    }

    private void opened(AcceptingChannel.Accepted channel) {
        CallerConnection connection = new CallerConnection(channel, this);
        if (admission.admit(connection)) {
            inUse.begin();
            channel.pipeline().addLast(new RequestDecoder(connection), new HttpResponseEncoder(), connection);
        }
    }

    void closed(CallerConnection connection) {
        admission.forget(connection);
    }

    /** Notes that this caller is this container. May be called by any thread. */
    public void attested(Caller caller, Container container) {
        admission.attested(caller, CallerSource.ofContainer(container), loop);
    }

    /** Whether each answer is the last one of its connection. */
    boolean isStopping() {
        return stopping;
    }

    /** Notes that a request on a connection, or its first one, is expected, read or answered. */
    void used() {
        inUse.begin();
    }

    /** Notes that a connection that was {@link #used} has no request, or is closed. */
    void unused() {
        inUse.end();
    }

    /**
     * Answers a request: calls {@code send} with the response, now or later, or {@code fail} if there is none, on the
     * event loop's thread.
     *
     * @throws RejectedExecutionException if the listener is stopping
     */
    void answer(ReceivedRequest request, Consumer<Response> send, Runnable fail) {
        switch (handler.apply(request)) {
            case Handling.Done(Response response) -> send.accept(response);
            case Handling.Waits(Supplier<Response> answer) -> answerOnThread(answer, send, fail);
        }
    }

    private void answerOnThread(Supplier<Response> answer, Consumer<Response> send, Runnable fail) {
        threads.execute(() -> {
            try {
                Response response = answer.get();
                loop.execute(() -> send.accept(response));
            } catch (RejectedExecutionException stopped) {
                LOG.log(Level.DEBUG, "request not answered, the agent stops");
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "request not answered", e);
                loop.execute(fail);
            }
        });
    }

    public void expose(Exposition out) {
        out.gauge("mesosiam_agent_connections", "Connections open at the credential endpoint.")
                .sample(admission.open());
        out.gauge("mesosiam_agent_connections_admitted", "Connections that may be open at once.")
                .sample(admission.most());
        out.counter(
                        "mesosiam_agent_connections_ended_total",
                        "Connections closed because their source held the most while all were in use, had more than"
                                + " its share, or opened too many in a second.")
                .sample(admission.ended());
    }

    /**
     * Stops accepting, waits for requests that are expected or in progress as {@link StopTimes} says, has those answered
     * that still wait, and closes the rest. Each answer ends its connection, so a caller that sends one request after
     * another on it doesn't make the stop wait.
     */
    @Override
    public void close() {
        stopping = true;
        try {
            Future<?> unused = loop.schedule(
                    () -> admission.endSilentOnes(stop.request()),
                    stop.request().toNanos(),
                    TimeUnit.NANOSECONDS);
            if (handedOver.isPresent()) {
                accepting.ifPresent(channel -> loop.execute(channel::stop));
                inUse.awaitNone(stop.quiet(), stop.answer());
            } else {
                accepting.ifPresent(channel -> channel.close().syncUninterruptibly());
                inUse.awaitNone(Duration.ZERO, stop.answer());
            }
            // interrupts requests that wait, which are then answered at once
            var unusedToo = threads.shutdownNow();
            inUse.awaitNone(Duration.ZERO, LAST_ANSWERS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var unused = threads.shutdownNow();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        closeSocket();
    }

    /** Closes this process's descriptor; the service manager's stays open. */
    private void closeSocket() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "listening socket not closed reason={0}", e.getMessage());
        }
    }
}
