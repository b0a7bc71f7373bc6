package io.mesosiam.agent;

import java.time.Duration;
import java.util.List;

/** Stops the agent's parts one after the other. Neither a part that fails nor one that hangs keeps the next ones from being stopped. */
final class PartsStop {
    private PartsStop() {}

    /** @param each how long one part may take */
    static void stop(List<AutoCloseable> parts, Duration each) {
        for (AutoCloseable part : parts) {
            try {
                stop(part, each);
            } catch (Throwable e) {
                report(part, e.toString());
            }
        }
    }

    private static void stop(AutoCloseable part, Duration each) throws InterruptedException {
        Thread stopping = Thread.ofPlatform().daemon().unstarted(() -> close(part));
        try {
            stopping.start();
        } catch (OutOfMemoryError e) {
            // no thread can be had, so this one waits without a bound
            close(part);
            return;
        }
        if (!stopping.join(each)) {
            report(part, "not stopped within " + each.toSeconds() + " s");
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
