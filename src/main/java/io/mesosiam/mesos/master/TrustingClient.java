package io.mesosiam.mesos.master;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The HTTP client for masters. It trusts the authorities of a file, or the JDK's if there is none. If the file changes,
 * {@link #reload} replaces the client, because a TLS context doesn't forget its sessions. Answers that are being read
 * from the earlier client continue; the JDK ends that client after the last of them.
 */
final class TrustingClient implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(TrustingClient.class);

    private final Optional<Path> caFile;
    private final Duration connectTimeout;

    @GuardedBy("this")
    private Optional<TrustedAuthorities> authorities;

    private volatile HttpClient current;

    /** @throws IllegalArgumentException if the file can't be used */
    TrustingClient(Optional<Path> caFile, Duration connectTimeout) {
        this.caFile = caFile;
        this.connectTimeout = connectTimeout;
        this.authorities = caFile.map(TrustedAuthorities::of);
        this.current = client(authorities);
    }

    /** The client for the next request. */
    HttpClient current() {
        return current;
    }

    /**
     * Reads the file again, and trusts its authorities from the next request on.
     *
     * @return why the file as it is now can't be used, so that the earlier authorities stay in use; otherwise empty
     */
    synchronized Optional<String> reload() {
        try {
            Optional<TrustedAuthorities> read = authorities.flatMap(before -> caFile.map(before::reread));
            if (!read.equals(authorities)) {
                current = client(read);
                authorities = read;
                LOG.infof("masters' authorities renewed file=%s", caFile.orElseThrow());
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage() + ": the authorities that were read before stay in use");
        }
    }

    private HttpClient client(Optional<TrustedAuthorities> trusted) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout);
        trusted.map(TrustedAuthorities::context).ifPresent(builder::sslContext);
        return builder.build();
    }

    @Override
    public void close() {
        current.shutdownNow();
    }
}
