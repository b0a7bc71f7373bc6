package io.mesosiam.agent;

import java.time.Duration;
import java.util.List;

/**
 * Stops the agent's parts one after the other. A part that fails or hangs does not prevent the next ones from being
 * stopped. An interrupt shortens no wait.
 */
final class PartsStop {
    private PartsStop() {}

    /** @param each time limit of one part */
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
            // no thread is available, so this thread closes the part, without a time limit
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

    /** Writes to standard error, since the log may be closed already. */
    private static void report(AutoCloseable part, String why) {
        try {
            System.err.println("could not stop " + part.getClass().getName() + ": " + why);
        } catch (Throwable e) {
            // out of memory even for a line: the other parts still have to be stopped
        }
    }
}
