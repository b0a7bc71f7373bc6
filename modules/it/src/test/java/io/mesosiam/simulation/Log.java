package io.mesosiam.simulation;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The log of the simulated programs, which faults would fill. */
final class Log {
    /** Kept, because a logger that nothing refers to loses its level. */
    private static final Logger PRODUCT = Logger.getLogger("io.mesosiam");

    private Log() {}

    static void off() {
        PRODUCT.setLevel(Level.OFF);
    }
}
