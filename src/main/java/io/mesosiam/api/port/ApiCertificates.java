package io.mesosiam.api.port;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.loop.Loop;
import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings changed files of the API's port into use for new connections, every 10 s. While a file can't be read, or key and
 * certificate are no pair, the port keeps what it has, and the log says so.
 */
@Singleton
public final class ApiCertificates implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ApiCertificates.class);
    private static final Duration RELOAD = Duration.ofSeconds(10);

    private final Optional<TlsConfiguration> tls;
    private final Path certificate;
    private final Path key;
    private final Optional<Path> authorities;
    private final Event<CertificateUpdatedEvent> updated;
    private final TrustedAuthorities trusted;

    @GuardedBy("this")
    private String inUse = "";

    @GuardedBy("this")
    private List<X509Certificate> chainInUse = List.of();

    /** The certificate in the file at the last look, and those that are sent with it. */
    @GuardedBy("this")
    private List<X509Certificate> chain = List.of();

    /** The authorities in the files at the last look. */
    @GuardedBy("this")
    private List<X509Certificate> read = List.of();

    @GuardedBy("this")
    private String trouble = "";

    private final Loop loop = new Loop("api-certificates");
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    @Inject
    ApiCertificates(
            ApiConfig config,
            TlsConfigurationRegistry registry,
            @ConfigProperty(name = "mesos-iam.channel.certificate-file") Optional<Path> channelCertificate,
            @ConfigProperty(name = "mesos-iam.channel.key-file") Optional<Path> channelKey,
            Event<CertificateUpdatedEvent> updated,
            TrustedAuthorities trusted) {
        this.tls = config.plainHttp() ? Optional.empty() : registry.get(DerivedSettings.REGISTERED);
        this.certificate = config.certificateFile().or(() -> channelCertificate).orElse(Path.of(""));
        this.key = config.keyFile().or(() -> channelKey).orElse(Path.of(""));
        this.authorities = config.clientCaFile();
        this.updated = updated;
        this.trusted = trusted;
    }

    /** Follows the files; does nothing with plain HTTP. */
    public synchronized void start() {
        if (tls.isPresent()) {
            inUse = contents().orElse("");
            chainInUse = chain;
            trusted.use(read);
            thread = Thread.ofVirtual().name("api-certificates").start(() -> loop.run(() -> !closed, this::turn));
        }
    }

    private void turn() throws InterruptedException {
        Thread.sleep(RELOAD);
        reload();
    }

    /** The loop that follows the files, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    /** Why the port keeps what it has although a file is different; empty while it uses them. */
    public synchronized Optional<String> trouble() {
        return Optional.of(trouble).filter(problem -> !problem.isEmpty());
    }

    /** The certificate in use, and those that are sent with it; empty with plain HTTP. */
    public synchronized List<X509Certificate> certificates() {
        return chainInUse;
    }

    /** Reads the files, and brings them into use if they have changed. */
    synchronized void reload() {
        Optional<String> found = contents();
        if (found.isEmpty()) {
            return;
        }
        if (found.get().equals(inUse)) {
            if (!trouble.isEmpty()) {
                LOG.info("files of the api port are usable again");
            }
            trouble = "";
            return;
        }
        if (tls.filter(TlsConfiguration::reload).isEmpty()) {
            report("the files can't be loaded");
            return;
        }
        // at once also for connections that are open
        trusted.use(read);
        tls.ifPresent(loaded -> updated.fire(new CertificateUpdatedEvent(DerivedSettings.REGISTERED, loaded)));
        inUse = found.get();
        chainInUse = chain;
        trouble = "";
        LOG.infof("api port certificates renewed file=%s", certificate);
    }

    /** A digest of all files; empty, with a line in the log, if they can't be used. */
    @GuardedBy("this")
    private Optional<String> contents() {
        try {
            List<X509Certificate> served = PemFiles.certificates(certificate);
            var _ = PemFiles.key(key, served.getFirst());
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : Stream.concat(Stream.of(certificate, key), authorities.stream())
                    .toList()) {
                digest.update(PemFiles.read(file));
            }
            List<X509Certificate> found =
                    authorities.isPresent() ? PemFiles.certificates(authorities.get()) : List.of();
            read = found;
            chain = served;
            return Optional.of(HexFormat.of().formatHex(digest.digest()));
        } catch (Broken e) {
            report(e.problem());
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    @GuardedBy("this")
    private void report(String problem) {
        if (!problem.equals(trouble)) {
            trouble = problem;
            LOG.warnf("api port keeps its certificates file=%s reason=\"%s\"", certificate, problem);
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
