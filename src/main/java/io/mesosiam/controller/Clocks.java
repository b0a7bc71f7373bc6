package io.mesosiam.controller;

import io.mesosiam.clock.PeerClocks;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Produces the clock and the random generator that all stages use. */
final class Clocks {
    @Produces
    @Singleton
    InstantSource time() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    PeerClocks peers(InstantSource time) {
        return new PeerClocks(time, System::nanoTime);
    }

    /** Cryptographically strong, because lease ids are drawn from it too. */
    @Produces
    @Singleton
    RandomGenerator chance() {
        return new SecureRandom();
    }
}
