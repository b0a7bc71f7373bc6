package io.mesosiam.mesos.master;

import io.mesosiam.mesos.master.MasterFailure.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;

/**
 * An answer's body that knows when it was last heard of. The JDK's client has no time limit between two bytes; the
 * watch's watchdog closes what has been silent for too long, which ends the read that waits for it.
 */
final class IdleTimeoutInputStream extends FilterInputStream {
    private final String request;
    private final URI master;
    private final InstantSource clock;
    private final Set<IdleTimeoutInputStream> open;
    private volatile Instant heard;
    private volatile Duration await;
    private volatile boolean silenced;

    IdleTimeoutInputStream(
            String method,
            URI target,
            InputStream body,
            InstantSource clock,
            Duration await,
            Set<IdleTimeoutInputStream> open) {
        super(body);
        this.request = method + " " + target;
        this.master = MasterHosts.origin(target);
        this.clock = clock;
        this.await = await;
        this.open = open;
        this.heard = clock.instant();
        open.add(this);
    }

    void await(Duration silence) {
        await = silence;
    }

    void closeIfSilent(Instant now) {
        if (Duration.between(heard, now).compareTo(await) > 0) {
            silenced = true;
            try {
                close();
            } catch (IOException e) {
                // it is closed for having failed already
            }
        }
    }

    /** What {@code e}, thrown while this was read, means. */
    MasterFailure explain(IOException e) {
        return silenced
                ? new MasterFailure(Kind.UNAVAILABLE, request + ": nothing heard for " + await.toSeconds() + " s", e)
                : new MasterFailure(Kind.UNAVAILABLE, request + ": connection lost: " + Abbreviated.of(e), e);
    }

    String request() {
        return request;
    }

    /** Who answers, after all redirects. */
    URI master() {
        return master;
    }

    @Override
    public int read() throws IOException {
        return heard(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return heard(super.read(bytes, offset, length));
    }

    /** The JDK's body ends without an error when it is closed under its reader. */
    private int heard(int result) throws IOException {
        if (result < 0 && silenced) {
            throw new IOException("closed for its silence");
        }
        heard = clock.instant();
        return result;
    }

    @Override
    public void close() throws IOException {
        open.remove(this);
        super.close();
    }
}
