package io.mesosiam.channel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts the open connections of each certificate. A host needs one; after a network failure the old one may stay until
 * its ping is overdue. Each connection can hold an incomplete message, so their number is bounded.
 */
final class CertificateStreams {
    /**
     * Connections of one certificate that may become streams. As many more are answered with 429; further ones are
     * closed.
     */
    static final int LIMIT = 8;

    private final ConcurrentMap<Set<String>, Integer> open = new ConcurrentHashMap<>();

    /** Counts a connection and returns its ordinal among those of its certificate, from 1. */
    int enter(CertificateNames certificate) {
        return open.merge(certificate.texts(), 1, Integer::sum);
    }

    void leave(CertificateNames certificate) {
        open.computeIfPresent(certificate.texts(), (_, count) -> count == 1 ? null : count - 1);
    }

    /** Number of certificates with an open connection. */
    int size() {
        return open.size();
    }
}
