package io.mesosiam.postgres;

import io.vertx.mutiny.sqlclient.Pool;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pool of the connections that keep a state of PostgreSQL's session: LISTEN and session locks. Its address is that of
 * PostgreSQL itself; a pooler such as pgbouncer in transaction mode runs each transaction on another server connection.
 */
public final class SessionPool {
    private final Pool pool;
    private final Map<String, TableFollower> followers = new ConcurrentHashMap<>();

    public SessionPool(Pool pool) {
        this.pool = pool;
    }

    Pool pool() {
        return pool;
    }

    void follows(String table, TableFollower follower) {
        var _ = followers.put(table, follower);
    }

    /** Whether a table that is followed with these connections could not be read at the last attempt. */
    public boolean isAway(String table) {
        TableFollower follower = followers.get(table);
        return follower != null && follower.isAway();
    }
}
