package io.mesosiam.mesos;

/**
 * One term of a leading master. The id changes with each start of the process, {@code electedTime} with each election.
 *
 * @param electedTime seconds since the epoch, as the master writes it; only compared for equality
 */
public record Leader(String id, String electedTime) {}
