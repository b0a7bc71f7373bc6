package io.mesosiam.mesos.master;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The HTTP client for masters, with the authorities and the certificate of files. If a file changes, {@link #reload} replaces
 * the client, because a TLS context doesn't forget its sessions. Answers that are being read from the earlier client continue;
 * the JDK ends that client after the last of them.
 */
final class TlsClient implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(TlsClient.class);

    private final TlsFiles files;
    private final Duration connectTimeout;

    @GuardedBy("this")
    private Optional<TlsFiles.Loaded> loaded;

    private volatile HttpClient current;

    /** @throws IllegalArgumentException if a file can't be used */
    TlsClient(TlsFiles files, Duration connectTimeout) {
        this.files = files;
        this.connectTimeout = connectTimeout;
        this.loaded = files.load();
        this.current = client(loaded);
    }

    /** The client for the next request. */
    HttpClient current() {
        return current;
    }

    /**
     * Reads the files again, and uses them from the next request on.
     *
     * @return why the files as they are now can't be used, so that those before stay in use; otherwise empty
     */
    synchronized Optional<String> reload() {
        try {
            Optional<TlsFiles.Loaded> read = files.reload(loaded);
            if (!read.equals(loaded)) {
                current = client(read);
                loaded = read;
                LOG.info("files for tls with masters renewed");
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage() + ": what was read before stays in use");
        }
    }

    private HttpClient client(Optional<TlsFiles.Loaded> tls) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout);
        tls.map(TlsFiles.Loaded::context).ifPresent(builder::sslContext);
        return builder.build();
    }

    @Override
    public void close() {
        current.shutdownNow();
    }
}
