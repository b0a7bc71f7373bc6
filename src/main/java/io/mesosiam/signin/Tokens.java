package io.mesosiam.signin;

import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.TableFollower;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The API tokens. All rows are in memory and follow the table, so that a request with a token needs no query, and tokens
 * work while the database is away for up to {@value #KNOWN_SECONDS} s. A revoked token is refused as soon as the
 * notification arrives; without one after at most {@value #POLL_SECONDS} s.
 */
@Singleton
public final class Tokens implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Tokens.class);
    private static final int POLL_SECONDS = 10;

    /** How old the last reading may be: a token may have been revoked since. */
    private static final int KNOWN_SECONDS = 120;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration USE_WRITTEN_EVERY = Duration.ofMinutes(1);
    private static final TableFollower.Settings FOLLOWED =
            new TableFollower.Settings("api_token", "api_token", Duration.ofSeconds(POLL_SECONDS), TIMEOUT);

    private final Pool pool;
    private final SessionPool sessions;
    private final RandomGenerator jitter;
    private final InstantSource clock;
    private final SecureRandom secure = new SecureRandom();
    private final Map<UUID, Instant> useWritten = new ConcurrentHashMap<>();
    private final AtomicLong written = new AtomicLong();
    private volatile Map<ApiToken.Hash, StoredToken> current = Map.of();
    private volatile Instant readAt = Instant.MIN;
    private volatile @Nullable TableFollower follower;

    @Inject
    Tokens(Pool pool, SessionPool sessions, RandomGenerator jitter, InstantSource clock) {
        this.pool = pool;
        this.sessions = sessions;
        this.jitter = jitter;
        this.clock = clock;
    }

    /** A token that was just made; the only time that its text is known. */
    public record Created(ApiToken token, StoredToken stored) {}

    /** A new token would have expired already, by the database's clock. */
    public static final class Expired extends RuntimeException {
        private static final long serialVersionUID = 1;

        Expired() {
            super("a new token has expired by the database's clock", null, false, false);
        }
    }

    /** Who makes or revokes a token, how and from where the caller came, and in which request; empty texts: none. */
    private record Author(String name, String signIn, String address, String requestId) {
        /** The controller itself, at its start. */
        static final Author STARTING = new Author(Bootstrap.NAME, "", "", "");

        static Author of(Caller caller, String requestId) {
            return new Author(caller.name(), caller.signIn().text(), caller.address(), requestId);
        }
    }

    /** Reads the tokens, blocks until they are read, and then follows changes. */
    public void start() {
        read();
        TableFollower starting = new TableFollower(sessions, FOLLOWED, jitter, this::read);
        follower = starting;
        starting.start();
    }

    /** The valid token with this text. */
    Optional<StoredToken> find(ApiToken token) {
        Instant now = clock.instant();
        return Optional.ofNullable(current.get(token.hash())).filter(stored -> stored.isValid(now));
    }

    /** Whether this was a valid token until it expired. */
    boolean hasExpired(ApiToken token) {
        return Optional.ofNullable(current.get(token.hash()))
                .filter(stored -> stored.revoked().isEmpty() && !stored.isValid(clock.instant()))
                .isPresent();
    }

    /**
     * Whether the tokens were read in the last {@value #KNOWN_SECONDS} s, or less than that after now, for a clock that was
     * set back.
     */
    boolean areKnown() {
        Instant now = clock.instant();
        Duration limit = Duration.ofSeconds(KNOWN_SECONDS);
        return readAt.isAfter(now.minus(limit)) && readAt.isBefore(now.plus(limit));
    }

    /** All tokens, also expired and revoked ones, as this controller last read them. */
    public List<StoredToken> all() {
        return List.copyOf(current.values());
    }

    /** The token with this id. */
    public Optional<StoredToken> withId(UUID id) {
        return current.values().stream().filter(token -> token.id().equals(id)).findFirst();
    }

    /**
     * Makes a token. The audit event is written in the same transaction.
     *
     * @return empty if a token has or had this name; fails with {@link Expired}
     */
    public Uni<Optional<Created>> create(
            String name, Set<RoleGrant> grants, Instant expiresAt, Caller by, String requestId) {
        ApiToken token = ApiToken.random(secure);
        Tuple values = TokenRows.values(name, token, grants, expiresAt, by.name());
        return inTransaction(Author.of(by, requestId), TokenRows.CREATE, values)
                .onFailure(failure -> failure instanceof PgException refused
                        && "api_token_expires_at_after".equals(refused.getConstraint()))
                .transform(_ -> new Expired())
                .onFailure(failure ->
                        failure instanceof PgException refused && "api_token_name_once".equals(refused.getConstraint()))
                .recoverWithItem(Optional.empty())
                .map(row -> row.map(stored -> new Created(token, stored)));
    }

    /**
     * Revokes a token. The audit event is written in the same transaction.
     *
     * @return empty if there is none with this id that is not revoked
     */
    public Uni<Optional<StoredToken>> revoke(UUID id, Caller by, String requestId) {
        return inTransaction(Author.of(by, requestId), TokenRows.REVOKE, Tuple.of(id));
    }

    /** Makes the bootstrap token if the table has never had a row; returns whether it did. */
    Uni<Boolean> bootstrap(ApiToken token, Instant expiresAt) {
        Tuple values = TokenRows.values(
                Bootstrap.NAME, token, Set.of(RoleGrant.everywhere(Role.ADMIN)), expiresAt, Bootstrap.NAME);
        return inTransaction(Author.STARTING, TokenRows.BOOTSTRAP, values).map(Optional::isPresent);
    }

    /** Writes that the token was used, at most once a minute. */
    void used(StoredToken token) {
        Instant now = clock.instant();
        Instant last = useWritten.get(token.id());
        if (last != null && now.isBefore(last.plus(USE_WRITTEN_EVERY))) {
            return;
        }
        useWritten.put(token.id(), now);
        OneStatement.run(pool, TokenRows.USED, Tuple.of(token.id()))
                .subscribe()
                .with(_ -> {}, failure -> LOG.debugf(failure, "use of a token not written tokenId=%s", token.id()));
    }

    private Uni<Optional<StoredToken>> inTransaction(Author by, String sql, Tuple values) {
        return pool.withTransaction(connection -> connection
                        .preparedQuery(TokenRows.CALLER)
                        .execute(Tuple.of(by.name(), by.signIn(), by.address(), by.requestId()))
                        .chain(() -> connection.preparedQuery(sql).execute(values)))
                .map(this::first);
    }

    /** Keeps the written row in memory, so that it is in effect here when the answer is sent. */
    private synchronized Optional<StoredToken> first(RowSet<Row> rows) {
        for (Row row : rows) {
            StoredToken token = TokenRows.token(row);
            Map<ApiToken.Hash, StoredToken> next = new HashMap<>(current);
            next.put(TokenRows.hash(row), token);
            current = Map.copyOf(next);
            long unused = written.incrementAndGet();
            return Optional.of(token);
        }
        return Optional.empty();
    }

    /** A row that is written here while the query runs is newer than its result, so the query is repeated. */
    private void read() {
        long before;
        Instant begun;
        Map<ApiToken.Hash, StoredToken> found = new HashMap<>();
        do {
            before = written.get();
            begun = clock.instant();
            found.clear();
            for (Row row : OneStatement.run(pool, TokenRows.ALL).await().atMost(TIMEOUT)) {
                found.put(TokenRows.hash(row), TokenRows.token(row));
            }
        } while (!accept(before, found));
        readAt = begun;
        useWritten
                .keySet()
                .retainAll(found.values().stream().map(StoredToken::id).toList());
    }

    private synchronized boolean accept(long before, Map<ApiToken.Hash, StoredToken> found) {
        if (written.get() != before) {
            return false;
        }
        current = Map.copyOf(found);
        return true;
    }

    @Override
    public void close() {
        TableFollower running = follower;
        if (running != null) {
            running.close();
        }
    }
}
