package io.mesosiam.enrol;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What the database knows of a request, read under the lock of its join token. */
final class EnrolmentFacts {
    private EnrolmentFacts() {}

    /**
     * A join token.
     *
     * @param hash SHA-256 of its secret, hexadecimal
     * @param hostname the name of a host, or a pattern in which {@code *} stands for any characters without a dot
     */
    record Token(String hash, String hostname, int uses, int used, Instant expiresAt, boolean revoked) {
        boolean isPattern() {
            return hostname.contains("*");
        }
    }

    /**
     * The newest certificate that the host got with this token.
     *
     * @param sameKey whether it is for the key of the request
     */
    record Use(boolean sameKey, boolean evicted, boolean expired) {}

    /**
     * The host, by the database's clock.
     *
     * @param use empty if it has not used the token, or there is none
     * @param enrolledOtherwise whether it has a valid certificate for another key
     * @param recent certificates that it got within the last hour, without those that are evicted or replaced
     */
    record Host(Instant now, boolean evicted, Optional<Use> use, boolean enrolledOtherwise, long recent) {}

    /**
     * An instance that has enrolled before.
     *
     * @param hostname the host that it enrolled as
     * @param sameKey whether it has had a certificate for the key of the request since it enrolled; empty if it may enrol with any key
     */
    record Instance(String hostname, Optional<Boolean> sameKey, boolean suspended, boolean terminated) {}

    /**
     * What else is known of the host that an instance claims.
     *
     * @param ofTerminated whether it is evicted only because its former instance was terminated
     * @param ofOther whether it has a valid certificate that another instance or another proof got
     */
    record Claimed(boolean ofTerminated, boolean ofOther) {}

    /**
     * The certificate of the stream that a request came over, as it was issued here.
     *
     * @param expired by the database's clock: the stream ends a little later, and later still if the controller's clock lags
     * @param instance the row of the instance that proved the host
     */
    record Issued(String hostname, boolean evicted, boolean expired, Optional<UUID> instance) {}
}
