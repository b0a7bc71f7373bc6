package io.mesosiam.controller;

import io.mesosiam.clock.PeerClocks;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Time and chance, which every stage is handed instead of taking them. */
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

    /** Unpredictable, because lease ids are drawn from it too. */
    @Produces
    @Singleton
    RandomGenerator chance() {
        return new SecureRandom();
    }
}
