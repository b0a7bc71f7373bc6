package io.mesosiam.ownership;

import java.util.OptionalLong;

/**
 * The controllers that run and admit agents. Each holds a lock in the database that all of them share. PostgreSQL releases
 * it when the process ends, however it ends; if the machine disappears, after half a minute. Methods block on the database.
 */
public interface LiveControllers {
    /** The name of the lock that a controller holds while it runs begins with this and ends with its id. */
    String ID_LOCK = "mesos-iam controller ";

    /**
     * A part of a {@code with}: the keys of the locks that are held. PostgreSQL shows the halves of a key as classid and objid.
     * Without {@code ::}, of which a native query of Hibernate would make a parameter.
     */
    String HELD = """
            held as materialized (
                select (cast(classid as bigint) << 32) | cast(objid as bigint) as key from pg_locks
                where locktype = 'advisory' and granted and objsubid = 1
                    and database = (select oid from pg_database where datname = current_database())
            )
            """;

    /** Whether the controller of the row holds the lock of its id, in a statement with {@link #HELD}. */
    String RUNS = "hashtextextended('" + ID_LOCK + "' || controller_id, 0) in (select key from held)";

    /** States whether this controller admits agents, and so counts for others. */
    void admits(boolean agents);

    /** Number of the other controllers that admit agents; empty if the database does not answer. */
    OptionalLong others();
}
