package io.mesosiam.agent;

import java.time.Duration;
import java.util.List;

/**
 * Stops the agent's parts one after the other. Neither a part that fails nor one that hangs keeps the next ones from being stopped. An
 * interrupt shortens no wait.
 */
final class PartsStop {
    private PartsStop() {}

    /** @param each how long one part may take */
    static void stop(List<AutoCloseable> parts, Duration each) {
        boolean interrupted = Thread.interrupted();
        for (AutoCloseable part : parts) {
            try {
                interrupted |= stop(part, each);
            } catch (Throwable e) {
                report(part, e.toString());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops one part.
     *
     * @return whether this thread was interrupted while it waited
     */
    private static boolean stop(AutoCloseable part, Duration each) {
        Thread stopping = Thread.ofPlatform().daemon().unstarted(() -> close(part));
        try {
            stopping.start();
        } catch (OutOfMemoryError e) {
            // no thread can be had, so this one waits without a bound
            close(part);
            return false;
        }
        long end = System.nanoTime() + each.toNanos();
        boolean interrupted = false;
        while (true) {
            try {
                if (!stopping.join(Duration.ofNanos(end - System.nanoTime()))) {
                    report(part, "not stopped within " + each.toSeconds() + " s");
                }
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Throwable e) {
            report(part, e.toString());
        }
    }

    /** The log may be gone already. */
    private static void report(AutoCloseable part, String why) {
        try {
            System.err.println("could not stop " + part.getClass().getName() + ": " + why);
        } catch (Throwable e) {
            // not even memory for a line: the other parts still have to be stopped
        }
    }
}
