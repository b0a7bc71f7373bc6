package io.mesosiam.signin;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts wrong credentials by address, an IPv6 address by its /64. Above so many in a minute over a longer time, or twice as
 * many at once, the answer says when to try again. A right credential is accepted from every address: callers behind
 * one proxy can't lock each other out, and guessing 256 random bits needs no lock-out to be hopeless.
 *
 * <p>Holds at most {@value #MAX_ADDRESSES} addresses; the address whose last failure is oldest is dropped first.
 */
final class FailedSignIns {
    static final int MAX_ADDRESSES = 10_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** The time that pays off one failure. */
    private final Duration refill;

    /** Until when the failures of an address so far are paid off. */
    @GuardedBy("this")
    private final Map<String, Instant> paidOff = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    FailedSignIns(int perMinute) {
        this.refill = MINUTE.dividedBy(perMinute);
    }

    /**
     * Counts a wrong credential.
     *
     * @param address the IP address of the request
     * @return how long the address is to wait; empty if it may try again at once
     */
    synchronized Optional<Duration> failed(String address, Instant now) {
        String source = source(address);
        Instant before = paidOff.getOrDefault(source, now);
        Instant start = before.isBefore(now) ? now : before;
        Instant limit = now.plus(MINUTE.multipliedBy(2));
        Instant after = start.plus(refill);
        if (after.isAfter(limit)) {
            return Optional.of(Duration.between(limit, after));
        }
        paidOff.put(source, after);
        return Optional.empty();
    }

    synchronized int size() {
        return paidOff.size();
    }

    private static String source(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.ofLiteral(address).getAddress();
            return bytes.length == 16 ? java.util.HexFormat.of().formatHex(bytes, 0, 8) : address;
        } catch (IllegalArgumentException e) {
            return address;
        }
    }
}
