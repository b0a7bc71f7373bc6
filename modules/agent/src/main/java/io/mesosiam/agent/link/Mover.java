package io.mesosiam.agent.link;

import io.mesosiam.pause.TimedWakeup;
import io.mesosiam.pause.Wakeup;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Moves the host to another controller while its stream goes on: to a preferred one some time after the stream
 * began, or to any other one when the controller asks for it. It opens a second stream, and the first ends only when the
 * second has the host's leases. If that fails, the host stays and tries again later.
 */
final class Mover {
    private static final Duration NEVER = Duration.ofHours(1);

    private final StreamSlots slots;
    private final MovePlan plan;
    private final Supplier<Instant> now;
    private final Duration patience;
    private final Wakeup wakeup = new TimedWakeup();

    /** @param patience the time for a stream to open, if the host has been asked to move and another controller is there */
    Mover(StreamSlots slots, MovePlan plan, Supplier<Instant> now, Duration patience) {
        this.slots = slots;
        this.plan = plan;
        this.now = now;
        this.patience = patience;
    }

    /** The time of the next move may have changed. Takes no lock. */
    void wake() {
        wakeup.wake();
    }

    /**
     * Waits until a move may be due, and tries it if it is.
     *
     * @param openBeside opens a second stream, to this controller, on a thread of its own
     */
    void turn(Function<URI, OpenStream> openBeside) throws InterruptedException {
        Optional<OpenStream> serving = slots.serving();
        Instant at = serving.map(OpenStream::moveAt).orElse(Instant.MAX);
        if (serving.isPresent() && at.equals(Instant.MIN)) {
            OpenStream asked = serving.get();
            asked.moveAt(at, now.get().plus(plan.wait(asked)));
        } else if (serving.isPresent() && !now.get().isBefore(at)) {
            OpenStream from = serving.get();
            if (!moves(from, openBeside)) {
                from.moveAt(at, now.get().plus(plan.pause(from)));
            }
        } else {
            wakeup.await(at.equals(Instant.MAX) ? NEVER : Duration.between(now.get(), at));
        }
    }

    /** Whether another stream serves the host now, or none. */
    private boolean moves(OpenStream from, Function<URI, OpenStream> openBeside) throws InterruptedException {
        Set<URI> tried = new HashSet<>();
        for (URI target : plan.targets(from)) {
            if (serves(from)) {
                tried.add(target);
                OpenStream beside = openBeside.apply(target);
                StreamEnd slow = new StreamEnd.Lost("it has sent no leases in time, and another controller is tried");
                boolean settled = settles(beside, from, tried);
                if (!serves(beside) && slots.remove(beside)) {
                    plan.failed(
                            beside,
                            settled ? beside.ended().join() : beside.stream().end(slow));
                }
            }
        }
        return !serves(from);
    }

    /**
     * Waits until the stream beside has taken over or ended; less if the controller has asked the host to move, and another
     * controller was not tried: a controller that doesn't answer must not cost the time in which the host can move.
     */
    private boolean settles(OpenStream beside, OpenStream from, Set<URI> tried) throws InterruptedException {
        var unused = CompletableFuture.anyOf(beside.settled(), from.asked()).join();
        try {
            var unusedToo = beside.settled().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (plan.targets(from).stream().anyMatch(target -> !tried.contains(target))) {
                return false;
            }
            unused = beside.settled().join();
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
        return true;
    }

    private boolean serves(OpenStream stream) {
        return slots.serving().filter(it -> it == stream).isPresent();
    }
}
