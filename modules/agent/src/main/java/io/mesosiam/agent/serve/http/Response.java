package io.mesosiam.agent.serve.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Arrays;
import java.util.Map;

/** An answer. */
public final class Response {
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;
    private final boolean close;

    /**
     * Creates an answer.
     *
     * @param body belongs to the answer from now on, and is zeroed when it was sent
     * @param close whether the connection is closed after it; what else the client has sent is not read
     */
    public Response(int status, Map<String, String> headers, byte[] body, boolean close) {
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
        this.close = close;
    }

    boolean close() {
        return close;
    }

    /** @param head whether it answers a HEAD request, so that it has neither a body nor its length */
    FullHttpResponse message(boolean head) {
        FullHttpResponse message = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        headers.forEach(message.headers()::set);
        if (!head) {
            message.headers().set("Content-Length", body.length);
        }
        return message;
    }

    void wipe() {
        Arrays.fill(body, (byte) 0);
    }
}
