package io.mesosiam.agent.serve.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.Request;
import io.mesosiam.agent.attest.Caller;
import java.net.URI;

/**
 * The start line and headers of one request, and the connection on which it was received.
 *
 * @param protocol as sent, such as {@code HTTP/1.1}
 * @param arrivedNanos when both were complete, as {@link System#nanoTime}
 */
public record ReceivedRequest(
        String getRequestMethod,
        URI getRequestURI,
        String protocol,
        Headers getRequestHeaders,
        Caller caller,
        long arrivedNanos)
        implements Request {
    /** What is kept of it while it waits: the headers take most of its memory. */
    public ReceivedRequest withoutHeaders() {
        return new ReceivedRequest(getRequestMethod, getRequestURI, protocol, Headers.of(), caller, arrivedNanos);
    }
}
