package io.mesosiam.mesos.master;

import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.master.MasterFailure.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * A response body with an idle timeout. The JDK's client has no time limit between two bytes. The watch's watchdog
 * closes a body that has been idle for too long, which ends a pending read.
 */
final class IdleTimeoutInputStream extends FilterInputStream {
    private final String request;
    private final URI master;
    private final LongSupplier nanoTime;
    private final Set<IdleTimeoutInputStream> open;
    private volatile long lastReceived;
    private volatile Duration await;
    private volatile boolean whole;
    private volatile boolean timedOut;

    IdleTimeoutInputStream(
            String method,
            URI target,
            InputStream body,
            LongSupplier nanoTime,
            Duration await,
            Set<IdleTimeoutInputStream> open) {
        super(body);
        this.request = method + " " + target;
        this.master = MasterHosts.origin(target);
        this.nanoTime = nanoTime;
        this.await = await;
        this.open = open;
        this.lastReceived = nanoTime.getAsLong();
        open.add(this);
    }

    void await(Duration idle) {
        await = idle;
    }

    /** Makes the timeout one of the whole body from now on, however its data arrive. */
    void awaitWhole() {
        whole = true;
    }

    void closeIfIdle() {
        if (Duration.ofNanos(nanoTime.getAsLong() - lastReceived).compareTo(await) > 0) {
            timedOut = true;
            try {
                close();
            } catch (IOException e) {
                // Closing failed because the stream has failed already.
            }
        }
    }

    /** Converts {@code e}, thrown by a read of this stream. */
    MasterFailure explain(IOException e) {
        return timedOut
                ? new MasterFailure(Kind.UNAVAILABLE, request + ": no data for " + await.toSeconds() + " s", e)
                : new MasterFailure(Kind.UNAVAILABLE, request + ": connection lost: " + MesosText.abbreviated(e), e);
    }

    String request() {
        return request;
    }

    /** The responding master, after all redirects. */
    URI master() {
        return master;
    }

    @Override
    public int read() throws IOException {
        return received(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return received(super.read(bytes, offset, length));
    }

    /** Throws if the watchdog has closed the body: the JDK's body then ends without an error. */
    private int received(int result) throws IOException {
        if (result < 0 && timedOut) {
            throw new IOException("closed by the idle timeout");
        }
        if (!whole) {
            lastReceived = nanoTime.getAsLong();
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        open.remove(this);
        super.close();
    }
}
