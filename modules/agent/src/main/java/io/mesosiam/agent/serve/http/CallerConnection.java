package io.mesosiam.agent.serve.http;

import com.sun.net.httpserver.Headers;
import io.mesosiam.agent.attest.Caller;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.RejectedExecutionException;

/**
 * One accepted connection. Its requests are answered one after another; while an answer is awaited or sent, nothing more
 * is read, so that a caller that sends without reading waits in its own socket. All methods run on the event loop's thread.
 */
final class CallerConnection extends ChannelInboundHandlerAdapter implements Connections.Held {
    private static final System.Logger LOG = System.getLogger(CallerConnection.class.getName());

    private enum Step {
        /** Nothing was answered yet, and no request is complete. */
        NEW,
        /** The last request was answered, and nothing of another one has arrived. */
        IDLE,
        /** A later request is incomplete. */
        READING,
        ANSWERING,
        SENDING
    }

    private final AcceptingChannel.Accepted channel;
    private final Listener listener;

    private Step step = Step.NEW;
    private long since = System.nanoTime();
    private boolean inputEnded;
    private volatile String source;

    CallerConnection(AcceptingChannel.Accepted channel, Listener listener) {
        this.channel = channel;
        this.source = Connections.name(channel.source());
        this.listener = listener;
    }

    Caller caller() {
        return channel.caller();
    }

    /** The source for which the connection counts. */
    String source() {
        return source;
    }

    /** Whether the source that was found at accept is one container. */
    boolean isOfContainer() {
        return channel.source().exact() && channel.source().rated();
    }

    /** Notes the source for which the connection counts. */
    void countFor(String name) {
        source = name;
    }

    @Override
    public boolean isIdle() {
        return step == Step.IDLE;
    }

    @Override
    public boolean isAnswering() {
        return step == Step.ANSWERING || step == Step.SENDING;
    }

    /** Whether the current step has taken too long. */
    boolean isLate(ConnectionTimes times, long now) {
        long most =
                switch (step) {
                    case NEW, READING -> times.request().toNanos();
                    case IDLE -> times.idle().toNanos();
                    case SENDING -> times.answer().toNanos();
                    case ANSWERING -> Long.MAX_VALUE;
                };
        return now - since > most;
    }

    /** Closes the connection. What was received and is not read makes the kernel send a reset. */
    void end() {
        ChannelFuture unused = channel.close();
    }

    /** Called before received bytes are parsed. */
    void received() {
        if (step == Step.IDLE) {
            begin(Step.READING);
        }
    }

    private void begin(Step next) {
        if (step == Step.IDLE) {
            listener.used();
        } else if (next == Step.IDLE) {
            listener.unused();
        }
        step = next;
        since = System.nanoTime();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listener.closed(this);
        if (step != Step.IDLE) {
            listener.unused();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            // the content of a request is ignored: a request that has one is refused by its headers. And when the
            // connection is closed, the decoder parses what it has left
            if (message instanceof HttpRequest request && channel.isOpen()) {
                answer(request);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answer(HttpRequest request) {
        begin(Step.ANSWERING);
        if (request.decoderResult().isFailure()) {
            refuse();
            return;
        }
        try {
            Form form = Form.of(request);
            listener.answer(received(request), response -> send(form, response), this::end);
            if (isAnswering()) {
                channel.config().setAutoRead(false);
            }
        } catch (URISyntaxException e) {
            refuse();
        } catch (RejectedExecutionException stopping) {
            end();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "request not answered", e);
            end();
        }
    }

    /** What the form of an answer depends on. A request that waits is not kept: its headers take most of its memory. */
    private record Form(boolean head, boolean keepAlive, boolean http10) {
        static Form of(HttpRequest request) {
            return new Form(
                    request.method().name().equals("HEAD"),
                    HttpUtil.isKeepAlive(request),
                    request.protocolVersion().equals(HttpVersion.HTTP_1_0));
        }
    }

    private ReceivedRequest received(HttpRequest request) throws URISyntaxException {
        Headers headers = new Headers();
        request.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        return new ReceivedRequest(
                request.method().name(),
                new URI(request.uri()),
                request.protocolVersion().text(),
                headers,
                channel.caller(),
                since);
    }

    /** Answers input that is no request, and closes the connection. */
    private void refuse() {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST);
        response.headers().set("Connection", "close").set("Content-Length", 0);
        channel.config().setAutoRead(false);
        begin(Step.SENDING);
        ChannelFuture unused = channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private void send(Form form, Response response) {
        try {
            write(form, response);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "answer not sent", e);
            end();
        }
    }

    private void write(Form form, Response response) {
        boolean keep = form.keepAlive() && !response.close() && !form.head() && !inputEnded && !listener.isStopping();
        FullHttpResponse message = response.message(form.head());
        if (!keep) {
            message.headers().set("Connection", "close");
        } else if (form.http10()) {
            message.headers().set("Connection", "keep-alive");
        }
        begin(Step.SENDING);
        ChannelFuture unused = channel.writeAndFlush(message).addListener(sent -> {
            response.wipe();
            if (sent.isSuccess() && keep) {
                next();
            } else {
                end();
            }
        });
    }

    /** Answers a request that was received together with the last one, or else reads on. */
    private void next() {
        begin(Step.IDLE);
        RequestDecoder.decodeNext(channel.pipeline());
        if (!isAnswering()) {
            channel.config().setAutoRead(true);
        }
    }

    /** The caller may close its direction after its last request, and still reads the answers. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (!isAnswering()) {
                end();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable reset) {
        end();
    }
}
