package io.mesosiam.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.channel.CertificateFiles.Problem;
import io.mesosiam.channel.handshake.Handshakes;
import io.mesosiam.loop.Loop;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Certificate, key and authorities of the agents' port. Quarkus's TLS registry loads the files. {@link #reload} brings
 * changed files into use for new connections, all three together. While a file can't be used, or key and certificate are
 * no pair, the port keeps what it has.
 */
final class PortCertificates implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PortCertificates.class);

    /** The name of the port's files in the registry: application.properties maps the settings to it. */
    private static final String REGISTERED = "mesos-iam-agents";

    private static final Duration RELOAD = Duration.ofSeconds(10);

    private final TlsConfiguration tls;
    private final CertificateFiles files;
    private final TrustedRoots roots;

    /** Of this port, and of ports that have the same certificate. */
    private final List<Handshakes> handshakes = new CopyOnWriteArrayList<>();

    private final Vertx vertx;
    private final InstantSource clock;

    @GuardedBy("this")
    private LoadedCertificates inUse;

    private final Loop loop = new Loop("agent-certificates");
    private volatile List<Problem> problems = List.of();
    private volatile @Nullable Thread follower;
    private volatile boolean closed;

    /** @param tls what the registry has loaded from the files */
    PortCertificates(
            TlsConfiguration tls,
            CertificateFiles files,
            TrustedRoots roots,
            Handshakes handshakes,
            Vertx vertx,
            InstantSource clock) {
        this.tls = tls;
        this.files = files;
        this.roots = roots;
        this.handshakes.add(handshakes);
        this.vertx = vertx;
        this.clock = clock;
        this.inUse = LoadedCertificates.of(tls, roots);
    }

    /** What the registry has loaded from the port's files. */
    static TlsConfiguration registered(TlsConfigurationRegistry registry) {
        return registry.get(REGISTERED).orElseThrow();
    }

    /**
     * What the port starts with.
     *
     * @throws IllegalStateException if the loaded key is not that of the certificate
     */
    synchronized LoadedCertificates first() {
        // the roots are known by now
        inUse = LoadedCertificates.of(tls, roots);
        if (!inUse.isPair(vertx)) {
            throw new IllegalStateException(
                    files.notLoaded().stream().map(Problem::line).collect(Collectors.joining(" ")));
        }
        return inUse;
    }

    /** Why the port keeps what it has although the files are different, or unusable by now; empty while it uses them. */
    Optional<String> trouble() {
        return Optional.of(problems.stream().map(Problem::line).collect(Collectors.joining(" ")))
                .filter(text -> !text.isEmpty());
    }

    /** The port's own certificate. */
    synchronized X509Certificate own() {
        return inUse.own();
    }

    /** Renews the certificate of another port with that of this one. */
    synchronized KeyCertOptions share(Handshakes other) {
        handshakes.add(other);
        return inUse.keys();
    }

    /** Starts to reload every 10 s. */
    void follow() {
        follower = Thread.ofVirtual()
                .name("agent-certificates")
                .start(() -> loop.run(() -> !closed, () -> {
                    Thread.sleep(RELOAD);
                    reload();
                }));
    }

    /** The loop that reloads, for metrics and readiness. */
    Loop loop() {
        return loop;
    }

    @Override
    public void close() {
        closed = true;
        Thread following = follower;
        if (following != null) {
            following.interrupt();
        }
    }

    /** Reads the files, and brings them into use if they have changed. */
    synchronized void reload() {
        List<Problem> found = renew();
        if (!kinds(found).equals(kinds(problems))) {
            found.forEach(problem -> LOG.warnf(
                    "agents port keeps its certificates setting=%s file=%s reason=\"%s\" cure=\"%s\"",
                    problem.setting(), problem.file(), problem.problem(), problem.cure()));
            if (found.isEmpty()) {
                LOG.info("files of the agents port are usable again");
            }
        }
        problems = found;
    }

    @GuardedBy("this")
    private List<Problem> renew() {
        List<Problem> found = files.problems(clock.instant());
        if (!found.isEmpty()) {
            return found;
        }
        if (!tls.reload()) {
            return files.notLoaded();
        }
        LoadedCertificates loaded = LoadedCertificates.of(tls, roots);
        if (loaded.equals(inUse)) {
            return List.of();
        }
        // the files may have changed since they were checked
        if (!loaded.isPair(vertx)) {
            return files.notLoaded();
        }
        try {
            for (Handshakes each : handshakes) {
                each.renew(loaded.keyManagers(vertx), loaded.trustManagers(vertx));
            }
        } catch (SSLException e) {
            return files.notLoaded();
        }
        inUse = loaded;
        LOG.infof("agents port certificates renewed until=%s authorities=%d", loaded.until(), loaded.authorityCount());
        return List.of();
    }

    /** Without the time that a problem's text can contain. */
    private static List<Problem> kinds(List<Problem> problems) {
        return problems.stream()
                .map(problem -> new Problem(problem.setting(), problem.file(), "", problem.cure()))
                .toList();
    }
}
