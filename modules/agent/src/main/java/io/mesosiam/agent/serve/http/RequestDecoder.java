package io.mesosiam.agent.serve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/**
 * Parses the requests of a connection, with limits, and notes on the connection that bytes have arrived. What was
 * received behind a request is kept as bytes until {@link #decodeNext}: parsed, it takes tens of times as much memory.
 */
final class RequestDecoder extends HttpRequestDecoder {
    /** The most bytes of a read. */
    static final int READ_BYTES = 2048;

    private static final int LINE_BYTES = 4096;
    private static final int HEADER_BYTES = 12288;

    private static final HttpHeadersFactory HEADERS = new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
            return new BoundedHeaders();
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return new BoundedHeaders();
        }
    };

    /** Blank lines before a request are not counted by the parser. */
    private static final int MOST_BEFORE_A_REQUEST = LINE_BYTES + HEADER_BYTES + READ_BYTES;

    private final CallerConnection connection;

    /** How many bytes were parsed since the last request. */
    private int parsed;

    RequestDecoder(CallerConnection connection) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(LINE_BYTES)
                .setMaxHeaderSize(HEADER_BYTES)
                .setMaxChunkSize(READ_BYTES)
                .setHeadersFactory(HEADERS));
        this.connection = connection;
        setSingleDecode(true);
    }

    /** Parses the next request of what was received, if it is complete. */
    static void decodeNext(ChannelPipeline pipeline) {
        pipeline.fireChannelRead(Unpooled.EMPTY_BUFFER);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf received, List<Object> requests) throws Exception {
        int before = received.readableBytes();
        super.decode(context, received, requests);
        parsed = requests.isEmpty() ? parsed + before - received.readableBytes() : 0;
        if (parsed > MOST_BEFORE_A_REQUEST) {
            var unused = context.close();
        }
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] bytes, int start, int length) {
        requireOneBlank(bytes, start);
        return super.splitSecondWordInitialLine(bytes, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] bytes, int start, int length) {
        requireOneBlank(bytes, start);
        return super.splitThirdWordInitialLine(bytes, start, length);
    }

    /** Netty accepts any white space between the words of a request line; RFC 9112 has one blank. */
    private static void requireOneBlank(byte[] bytes, int word) {
        if (bytes[word - 1] != ' ' || bytes[word - 2] <= ' ') {
            throw new IllegalArgumentException("the words of the request line are not separated by one blank");
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (actualReadableBytes() > 0 || ((ByteBuf) message).isReadable()) {
            connection.received();
        }
        super.channelRead(context, message);
    }
}
