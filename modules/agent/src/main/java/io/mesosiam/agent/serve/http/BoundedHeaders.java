package io.mesosiam.agent.serve.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

/** The headers of one request, with a limit on their number: the decoder only limits their length. */
final class BoundedHeaders extends DefaultHttpHeaders {
    private static final int MOST = 64;

    private int added;

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        if (++added > MOST) {
            throw new TooLongHttpHeaderException("more than " + MOST + " headers");
        }
        return super.add(name, value);
    }
}
