package io.mesosiam.revoke;

import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.TableFollower;
import io.mesosiam.sts.StsConfig;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** Follows the table of denied sessions. Without the role for it, it only reports what no controller works on. */
@Singleton
public final class SessionDenials implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Pool pool;
    private final SessionPool sessions;
    private final RevokeConfig config;
    private final StsConfig sts;
    private final RandomGenerator random;

    private volatile @Nullable TableFollower follower;
    private volatile DenialStatus status = DenialStatus.NOTHING;

    @Inject
    public SessionDenials(Pool pool, SessionPool sessions, RevokeConfig config, StsConfig sts, RandomGenerator random) {
        this.pool = pool;
        this.sessions = sessions;
        this.config = config;
        this.sts = sts;
        this.random = random;
    }

    /** Whether sessions can be denied at AWS. */
    public boolean isConfigured() {
        return config.roleName().isPresent();
    }

    /**
     * Starts following.
     *
     * @param controllerId the actor of audit events
     */
    public void start(String controllerId) {
        DenialTable table = new DenialTable(pool, controllerId);
        Supplier<DenialStatus> work = config.roleName()
                .<Supplier<DenialStatus>>map(role -> new DenialWork(table, calls(role), now -> status = now)::run)
                .orElse(table::left);
        TableFollower starting = new TableFollower(
                sessions,
                new TableFollower.Settings("session_denial", "session_denial", config.pollInterval(), TIMEOUT),
                random,
                () -> status = work.get());
        follower = starting;
        starting.start();
    }

    /** What was open when the table was last read. */
    public DenialStatus status() {
        return status;
    }

    /** A message for operators if denials fail or the table can't be followed; otherwise empty. */
    public Optional<String> trouble() {
        return Optional.ofNullable(follower)
                .flatMap(TableFollower::trouble)
                .map(why -> "the table session_denial can't be followed (" + why
                        + "); revoked sessions are not denied at AWS")
                .or(() -> status.trouble());
    }

    private InlinePolicies calls(String role) {
        return new IamCalls(
                role,
                config.endpoint(),
                config.callTimeout(),
                sts.endpoint(),
                sts.region().map(Region::of),
                DefaultCredentialsProvider.builder().build());
    }

    @Override
    public void close() {
        Optional.ofNullable(follower).ifPresent(TableFollower::close);
    }
}
