package io.mesosiam.channel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts the open connections of each certificate's names. A host needs one; after a network failure the old one may stay
 * until its ping is overdue. Each connection can hold a message that is not complete, so their number is bounded.
 */
final class CertificateStreams {
    static final int LIMIT = 8;

    private final ConcurrentMap<Set<String>, Integer> open = new ConcurrentHashMap<>();

    /** Counts a connection; false, and not counted, if the limit is reached. */
    boolean enter(CertificateNames certificate) {
        boolean[] entered = new boolean[1];
        open.compute(certificate.texts(), (_, count) -> {
            int before = count == null ? 0 : count;
            entered[0] = before < LIMIT;
            return entered[0] ? Integer.valueOf(before + 1) : count;
        });
        return entered[0];
    }

    void leave(CertificateNames certificate) {
        open.computeIfPresent(certificate.texts(), (_, count) -> count == 1 ? null : count - 1);
    }

    /** Certificates with an open connection. */
    int size() {
        return open.size();
    }
}
