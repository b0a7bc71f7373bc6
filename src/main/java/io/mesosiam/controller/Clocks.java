package io.mesosiam.controller;

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

    /** Unpredictable, because lease ids are drawn from it too. */
    @Produces
    @Singleton
    RandomGenerator chance() {
        return new SecureRandom();
    }
}
