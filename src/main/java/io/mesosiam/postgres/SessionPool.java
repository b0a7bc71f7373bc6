package io.mesosiam.postgres;

import io.vertx.mutiny.sqlclient.Pool;

/**
 * The pool of the connections that keep a state of PostgreSQL's session: LISTEN and session locks. Its address is that of
 * PostgreSQL itself; a pooler such as pgbouncer in transaction mode runs each transaction on another server connection.
 */
public record SessionPool(Pool pool) {}
