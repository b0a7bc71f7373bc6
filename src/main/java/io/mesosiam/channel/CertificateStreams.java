package io.mesosiam.channel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts the open connections of each certificate's names. A host needs one; after a network failure the old one may stay
 * until its ping is overdue. Each connection can hold a message that is not complete, so their number is bounded.
 */
final class CertificateStreams {
    /** Connections that may become streams. As many more are answered that this is too many; further ones are not. */
    static final int LIMIT = 8;

    private final ConcurrentMap<Set<String>, Integer> open = new ConcurrentHashMap<>();

    /** Counts a connection, and says which one of its certificate's it is: 1 is the first. */
    int enter(CertificateNames certificate) {
        return open.merge(certificate.texts(), 1, Integer::sum);
    }

    void leave(CertificateNames certificate) {
        open.computeIfPresent(certificate.texts(), (_, count) -> count == 1 ? null : count - 1);
    }

    /** Certificates with an open connection. */
    int size() {
        return open.size();
    }
}
