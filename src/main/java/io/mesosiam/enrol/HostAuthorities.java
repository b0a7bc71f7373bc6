package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.Authority;
import io.mesosiam.enrol.authority.Pem;
import io.mesosiam.enrol.authority.SealingKey;
import io.mesosiam.enrol.authority.Signer;
import io.mesosiam.pem.PemFiles.Broken;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.TableFollower;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;
import javax.security.auth.x500.X500Principal;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The authorities of the hosts' certificates: follows table {@code authority} and the key file. The agents' port and the agents
 * trust the roots; the newest valid intermediate whose key the file opens signs. The keys are in memory alone.
 */
@Singleton
public final class HostAuthorities implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(HostAuthorities.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final TableFollower.Settings FOLLOWED =
            new TableFollower.Settings("authority", "authority", Duration.ofSeconds(10), TIMEOUT);
    private static final String ALL = "select certificate, sealed_key from authority order by created_at desc, id";
    private static final String SETTING = "mesos-iam.enrol.key-file";

    private final Pool pool;
    private final SessionPool sessions;
    private final Optional<Path> keyFile;
    private final RandomGenerator jitter;

    /** The root's name by its intermediate's, of all that this process has read, also those that are deleted since. */
    private final ConcurrentMap<X500Principal, X500Principal> rootOf = new ConcurrentHashMap<>();

    private volatile Known known = new Known(List.of(), List.of(), Optional.empty());
    private volatile @Nullable TableFollower follower;

    /** @param signers of the intermediates whose key is open, the newest first */
    private record Known(List<Authority> all, List<Signer> signers, Optional<String> trouble) {}

    @Inject
    public HostAuthorities(Pool pool, SessionPool sessions, EnrolConfig config, RandomGenerator jitter) {
        this.pool = pool;
        this.sessions = sessions;
        this.keyFile = config.keyFile();
        this.jitter = jitter;
    }

    /** Reads the authorities, blocks until they are read, and then follows changes. */
    public void start() {
        read();
        TableFollower starting = new TableFollower(sessions, FOLLOWED, jitter, this::read);
        follower = starting;
        starting.start();
    }

    /** The roots, the newest first. */
    public List<X509Certificate> roots() {
        return known.all().stream()
                .filter(Authority::isRoot)
                .map(Authority::certificate)
                .toList();
    }

    /** All authorities, for metrics and readiness. */
    public List<Authority> all() {
        return known.all();
    }

    /** Whether a certificate can be signed, as far as the key file is concerned. */
    public boolean canSign() {
        return !known.signers().isEmpty();
    }

    /**
     * The pin for join tokens, by which hosts recognize the controllers: of the root of the controller's own certificate, or else
     * of the newest valid root; empty if there is none.
     *
     * @param issuer of the controller's certificate
     */
    public Optional<String> pin(X500Principal issuer, Instant now) {
        List<X509Certificate> valid = known.all().stream()
                .filter(authority -> authority.isRoot() && authority.isValid(now))
                .map(Authority::certificate)
                .toList();
        return valid.stream()
                .filter(root -> root.getSubjectX500Principal().equals(rootOf.get(issuer)))
                .findFirst()
                .or(() -> valid.stream().findFirst())
                .map(Pem::pin);
    }

    /** Why no certificate can be signed although there is an intermediate; empty if that is not so. */
    public Optional<String> trouble() {
        return known.trouble();
    }

    /** The newest intermediate that is valid at this time. */
    Optional<Signer> signer(Instant now) {
        return known.signers().stream()
                .filter(signer -> new Authority(signer.intermediate(), Optional.empty()).isValid(now))
                .findFirst();
    }

    /**
     * Whether certificates of this issuer are trusted no more, because its root is deleted. A stream outlives that, and so does a
     * connection that was accepted before the port had the other roots.
     *
     * @param issuer of a host's certificate
     */
    boolean isRemoved(X500Principal issuer) {
        X500Principal root = rootOf.get(issuer);
        return root != null
                && roots().stream().noneMatch(it -> it.getSubjectX500Principal().equals(root));
    }

    private void read() {
        List<Authority> all = new ArrayList<>();
        for (Row row : OneStatement.run(pool, ALL).await().atMost(TIMEOUT)) {
            all.add(new Authority(
                    Pem.certificate(row.getBuffer("certificate").getBytes()),
                    Optional.ofNullable(row.getBuffer("sealed_key")).map(key -> key.getBytes())));
        }
        Known next = opened(all);
        Optional<String> before = known.trouble();
        known = next;
        all.stream()
                .filter(authority -> !authority.isRoot())
                .map(Authority::certificate)
                .forEach(it -> rootOf.put(it.getSubjectX500Principal(), it.getIssuerX500Principal()));
        if (!next.trouble().equals(before)) {
            next.trouble()
                    .ifPresentOrElse(
                            trouble -> LOG.warnf("hosts can't be enrolled reason=\"%s\"", trouble),
                            () -> LOG.info("hosts can be enrolled again"));
        }
    }

    private Optional<String> withoutRoot(List<Authority> all, List<Authority> intermediates) {
        boolean needed =
                keyFile.isPresent() && intermediates.isEmpty() && all.stream().anyMatch(it -> !it.isRoot());
        return needed
                ? Optional.of("the root of each intermediate is deleted. Run 'mesos-iam ca rotate' with the file of a"
                        + " root that is left, or 'mesos-iam ca init'.")
                : Optional.empty();
    }

    private Known opened(List<Authority> all) {
        List<Authority> intermediates = Authority.intermediates(all);
        if (intermediates.isEmpty() || keyFile.isEmpty()) {
            return new Known(all, List.of(), withoutRoot(all, intermediates));
        }
        List<Signer> signers = new ArrayList<>();
        Optional<String> trouble = Optional.empty();
        for (Authority intermediate : intermediates) {
            try {
                signers.add(Signer.open(intermediate, SealingKey.read(keyFile.get())));
            } catch (Broken e) {
                // the newest one's: older ones may have had another key file
                if (signers.isEmpty()) {
                    trouble = trouble.or(() ->
                            Optional.of(SETTING + "=" + keyFile.get() + ": " + e.problem() + ". " + e.cure() + "."));
                }
            }
        }
        return new Known(List.copyOf(all), List.copyOf(signers), trouble);
    }

    /** Why the table was not read at the last attempt, so that newer rows have no effect; empty if it was. */
    public Optional<String> unread() {
        TableFollower running = follower;
        return running == null ? Optional.empty() : running.trouble();
    }

    @Override
    public void close() {
        TableFollower running = follower;
        if (running != null) {
            running.close();
        }
    }
}
