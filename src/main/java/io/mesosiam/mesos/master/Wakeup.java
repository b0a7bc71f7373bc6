package io.mesosiam.mesos.master;

import java.time.Duration;

/** A wait that can be cut short. Each thread of the watch has one of its own; tests have one that they ring by hand. */
interface Wakeup {
    /** Returns after {@code time}, or as soon as somebody rings. */
    void await(Duration time) throws InterruptedException;

    /** Ends the wait, or the next one if nobody waits. */
    void ring();
}
