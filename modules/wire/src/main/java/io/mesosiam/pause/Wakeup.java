package io.mesosiam.pause;

import java.time.Duration;

/** A wait that can be ended early. Each thread that waits has its own; tests control theirs manually. */
public interface Wakeup {
    /** Returns after {@code time}, or as soon as {@link #wake} is called. */
    void await(Duration time) throws InterruptedException;

    /** Ends the current wait, or the next one if no thread waits. */
    void wake();
}
