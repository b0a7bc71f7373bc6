package io.mesosiam.agent.enrol;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The certificate in the state directory.
 *
 * @param stored when it was stored; its validity begins some minutes earlier
 * @param authorities the roots that the agent trusts
 */
record StoredCertificate(HostName host, X509Certificate leaf, Instant stored, List<X509Certificate> authorities) {
    private static final double EARLIEST = 0.4;
    private static final double LATEST = 0.6;

    StoredCertificate {
        authorities = List.copyOf(authorities);
    }

    Instant until() {
        return leaf.getNotAfter().toInstant();
    }

    boolean expired(Instant now) {
        return !now.isBefore(until());
    }

    /**
     * When the next certificate is requested: at half of its life, give or take a tenth, so that hosts that enrolled together
     * do not request together.
     */
    Instant due(RandomGenerator random) {
        Instant begin = leaf.getNotBefore().toInstant();
        begin = stored.isAfter(begin) ? stored : begin;
        double fraction = EARLIEST + (LATEST - EARLIEST) * random.nextDouble();
        return begin.plusMillis((long) (Duration.between(begin, until()).toMillis() * fraction));
    }
}
