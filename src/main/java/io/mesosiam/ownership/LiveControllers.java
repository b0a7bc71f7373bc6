package io.mesosiam.ownership;

import java.util.OptionalLong;

/**
 * The controllers that run and admit agents. Each holds a lock in the database that all of them share. PostgreSQL releases
 * it when the process ends, however it ends; if the machine disappears, after half a minute. Methods block on the database.
 */
public interface LiveControllers {
    /** The name of the lock that a controller holds while it runs begins with this and ends with its id. */
    String ID_LOCK = "mesos-iam controller ";

    /** States whether this controller admits agents, and so counts for others. */
    void admits(boolean agents);

    /** Number of the other controllers that admit agents; empty if the database does not answer. */
    OptionalLong others();
}
