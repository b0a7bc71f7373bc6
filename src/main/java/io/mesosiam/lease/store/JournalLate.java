package io.mesosiam.lease.store;

/** Thrown if the database did not finish a transaction in time. */
final class JournalLate extends RuntimeException {
    private static final long serialVersionUID = 1;

    JournalLate(String reason) {
        super(reason);
    }
}
