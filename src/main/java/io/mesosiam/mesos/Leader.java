package io.mesosiam.mesos;

/**
 * One reign of a master: its id changes with each start, and {@code elected_time} with each election.
 *
 * @param electedTime seconds since the epoch, as the master writes it; compared, never computed with
 */
public record Leader(String id, String electedTime) {}
