package io.mesosiam.agent.link;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stream that serves this host and, while the host moves, the one beside it. The one beside takes over with the leases
 * that its controller sends, if that controller's claim on the host is the newer one; only then does the other end. Takes no
 * lock.
 */
final class StreamSlots {
    private final AtomicReference<Slots> slots = new AtomicReference<>(new Slots(null, null));

    private record Slots(
            @Nullable OpenStream serving, @Nullable OpenStream beside) {}

    /** Adds a stream: it serves if there is none. */
    void add(OpenStream opened) {
        var unused = slots.updateAndGet(
                now -> now.serving == null ? new Slots(opened, null) : new Slots(now.serving, opened));
    }

    /** The stream that serves the host. */
    Optional<OpenStream> serving() {
        return Optional.ofNullable(slots.get().serving);
    }

    List<OpenStream> all() {
        Slots now = slots.get();
        return Stream.of(Optional.ofNullable(now.serving), Optional.ofNullable(now.beside))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * The controller of a stream has sent the host's leases under a claim with this epoch.
     *
     * @return whether they are to be used. A claim that is not newer than that of the serving stream may be that of a
     *     controller without a database, which doesn't know what the other one has given the host since
     */
    boolean arrived(OpenStream opened, long epoch) {
        while (true) {
            Slots now = slots.get();
            OpenStream serving = now.serving;
            if (serving == opened) {
                return true;
            }
            if (serving == null || now.beside != opened) {
                return false;
            }
            if (opened.isOfTheHostOf(serving) && epoch <= serving.stream().epoch()) {
                return false;
            }
            if (slots.compareAndSet(now, new Slots(opened, null))) {
                StreamEnd unused = serving.stream().end(new StreamEnd.Moved(opened.controller()));
                return true;
            }
        }
    }

    /**
     * Removes a stream that served and has ended.
     *
     * @return the stream that serves now: it has taken over, or was the one beside and its hello is sent
     */
    Optional<OpenStream> ended(OpenStream former) {
        return Optional.ofNullable(slots.updateAndGet(now -> {
                    OpenStream next = now.beside;
                    if (now.serving != former) {
                        return now;
                    }
                    return next != null && next.isGreeted() ? new Slots(next, null) : new Slots(null, null);
                })
                .serving);
    }

    /** Removes a stream, if it is the one beside; returns whether it was. */
    boolean remove(OpenStream beside) {
        Slots before = slots.getAndUpdate(now -> now.beside == beside ? new Slots(now.serving, null) : now);
        return before.beside == beside;
    }
}
