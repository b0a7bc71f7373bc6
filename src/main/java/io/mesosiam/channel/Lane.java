package io.mesosiam.channel;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The work of one stream: one piece at a time, in order, on virtual threads, so that it may wait. */
final class Lane {
    private static final Logger LOG = Logger.getLogger(Lane.class);

    private final Queue<Runnable> work = new ArrayDeque<>();
    private boolean running;

    synchronized void add(Runnable piece) {
        work.add(piece);
        if (!running) {
            running = true;
            Thread unused = Thread.ofVirtual().name("agent-stream").start(this::run);
        }
    }

    private void run() {
        for (Runnable piece = next(); piece != null; piece = next()) {
            try {
                piece.run();
            } catch (RuntimeException e) {
                LOG.error("agent message not applied", e);
            }
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable piece = work.poll();
        running = piece != null;
        return piece;
    }
}
