package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.TableFollower;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The evicted hosts and their certificates: follows table {@code host}. While the database is away, what was read last holds.
 */
@Singleton
public final class EvictedHosts implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final TableFollower.Settings FOLLOWED =
            new TableFollower.Settings("host", "host", Duration.ofSeconds(10), TIMEOUT);

    /**
     * One statement, so that both are of one moment. A controller whose clock lags takes a certificate for valid for longer. The hosts of
     * instances that were terminated 31 days ago have no valid certificate any more, and get none: they are left out, since there can be
     * many.
     */
    private static final String ALL = """
            select 'host' as kind, hostname as value from host
            where evicted_at is not null and not exists (
                select from ec2_instance
                where ec2_instance.hostname = host.hostname and terminated_at = evicted_at and terminated_at < now() - interval '31 days')
            union all
            select 'serial', serial from host_certificate where evicted_at is not null and expires_at > now() - interval '1 hour'""";

    private final Pool pool;
    private final SessionPool sessions;
    private final RandomGenerator jitter;
    private volatile Known known = new Known(Set.of(), Set.of());
    private volatile @Nullable TableFollower follower;

    private record Known(Set<String> hosts, Set<String> serials) {}

    @Inject
    public EvictedHosts(Pool pool, SessionPool sessions, RandomGenerator jitter) {
        this.pool = pool;
        this.sessions = sessions;
        this.jitter = jitter;
    }

    /**
     * Reads the evictions, blocks until they are read, and then follows changes.
     *
     * @param changed runs after each change, on a virtual thread
     */
    public void start(Runnable changed) {
        Known unused = read();
        TableFollower starting = new TableFollower(sessions, FOLLOWED, jitter, () -> {
            Known before = known;
            if (!read().equals(before)) {
                changed.run();
            }
        });
        follower = starting;
        starting.start();
    }

    /**
     * Whether a certificate is evicted, or one of the hosts that it names: the latter holds for certificates of the site's own
     * authority, too.
     *
     * @param names in lower case, addresses as Java prints them
     */
    public boolean areEvicted(Collection<String> names, String serial) {
        Known now = known;
        return now.serials().contains(serial) || names.stream().anyMatch(now.hosts()::contains);
    }

    /** The evicted names and addresses. */
    public Set<String> names() {
        return known.hosts();
    }

    /** Whether the host of a Mesos agent is evicted, by its name or by its address as the master shows them. */
    public boolean isEvicted(String hostname, String address) {
        Set<String> hosts = known.hosts();
        return hosts.contains(text(hostname)) || hosts.contains(text(address));
    }

    /** The serial number of a certificate as the tables have it. */
    public static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16);
    }

    private Known read() {
        Set<String> hosts = new HashSet<>();
        Set<String> serials = new HashSet<>();
        for (Row row : OneStatement.run(pool, ALL).await().atMost(TIMEOUT)) {
            String value = row.getString("value");
            boolean unused = row.getString("kind").equals("host") ? hosts.add(text(value)) : serials.add(value);
        }
        Known next = new Known(Set.copyOf(hosts), Set.copyOf(serials));
        known = next;
        return next;
    }

    /** An address, and a name that the master shows, may be written in another way. */
    private static String text(String name) {
        return HostName.of(name).map(HostName::text).orElse(name);
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
