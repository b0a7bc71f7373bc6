package io.mesosiam.signin;

import io.quarkus.oidc.OIDCException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Collects the body of an answer. It fails at the first byte beyond its limit or after its time, and keeps nothing then. */
final class LimitedBody implements BodyStream<Buffer> {
    private final int limit;
    private final Duration time;
    private final long begun = System.nanoTime();
    private final Promise<Buffer> result = Promise.promise();
    private Buffer body = Buffer.buffer();
    private boolean refused;

    /** @param time how long it takes parts from now on */
    LimitedBody(int limit, Duration time) {
        this.limit = limit;
        this.time = time;
    }

    @Override
    public Future<Buffer> result() {
        return result.future();
    }

    @Override
    public Future<Void> write(Buffer part) {
        boolean late = System.nanoTime() - begun > time.toNanos();
        if (refused || late || part.length() > limit - body.length()) {
            refused = true;
            body = Buffer.buffer();
            OIDCException refusal = new OIDCException("the provider's answer has more than " + limit
                    + " bytes, or takes longer than " + time.toSeconds() + " s");
            boolean unused = result.tryFail(refusal);
            return Future.failedFuture(refusal);
        }
        body = body.appendBuffer(part);
        return Future.succeededFuture();
    }

    @Override
    public void write(Buffer part, Handler<AsyncResult<Void>> handler) {
        Future<Void> unused = write(part).onComplete(handler);
    }

    @Override
    public void end(@Nullable Handler<AsyncResult<Void>> handler) {
        boolean unused = result.tryComplete(body);
        if (handler != null) {
            handler.handle(Future.succeededFuture());
        }
    }

    @Override
    public void handle(Throwable failure) {
        boolean unused = result.tryFail(failure);
    }

    @Override
    public LimitedBody exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }

    @Override
    public LimitedBody setWriteQueueMaxSize(int size) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public LimitedBody drainHandler(@Nullable Handler<Void> handler) {
        return this;
    }
}
