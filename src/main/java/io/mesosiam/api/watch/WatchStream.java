package io.mesosiam.api.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.stream.OpenStreams;
import io.mesosiam.api.stream.Pace;
import io.mesosiam.api.watch.Feed.Change;
import io.mesosiam.signin.Caller;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * The events of one stream, until it ends: the state, unless the caller resumes, and then the changes. A write waits until
 * the caller has read enough of what was written before; {@link Pace} ends a stream whose caller doesn't.
 */
final class WatchStream implements StreamingOutput {
    private static final Logger LOG = Logger.getLogger(WatchStream.class);

    /** A comment at least this often, so that both ends notice a connection that is gone. */
    static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private static final int BATCH = 500;

    /** Events are sent once they have this many characters together: one object can have 200 KiB. */
    private static final int PART = 64 << 10;

    private final Watched<?, ?> watched;
    private final Caller caller;
    private final Position position;
    private final Duration longest;
    private final BooleanSupplier signedIn;
    private final Parts parts;

    /**
     * What a stream works with.
     *
     * @param closed called when the stream has ended
     */
    record Parts(ObjectMapper json, OpenStreams streams, Pace pace, Runnable closed) {}

    /**
     * Where a stream begins.
     *
     * @param run identifies this run of the controller, since its versions are its own
     * @param seen the version to resume at; empty for the whole state
     */
    record Position(String run, Optional<Long> seen) {
        String id(long version) {
            return run + "." + version;
        }
    }

    /**
     * @param longest after this time the stream ends, for a caller that wants it to
     * @param signedIn whether the caller's sign-in still holds
     */
    WatchStream(
            Watched<?, ?> watched,
            Caller caller,
            Position position,
            Duration longest,
            BooleanSupplier signedIn,
            Parts parts) {
        this.watched = watched;
        this.caller = caller;
        this.position = position;
        this.longest = longest;
        this.signedIn = signedIn;
        this.parts = parts;
    }

    @Override
    public void write(OutputStream out) {
        try {
            stream(out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debugf("stream ended by its caller caller=\"%s\" reason=\"%s\"", caller.name(), e.getMessage());
        } finally {
            parts.closed().run();
        }
    }

    private void stream(OutputStream out) throws IOException, InterruptedException {
        // not the wall clock, which can be set back
        long begun = System.nanoTime();
        Optional<Long> resumed = position.seen()
                .filter(seen -> watched.after(seen, 1, PART, caller).isPresent());
        long seen = resumed.isPresent() ? resumed.get() : state(out);
        long written = System.nanoTime();
        while (true) {
            Optional<Watched.Following> following = watched.after(seen, BATCH, PART, caller);
            if (following.isEmpty()) {
                end(out, "too-slow", "more changes wait for this stream than are kept: read faster, or watch less");
                return;
            }
            boolean sent = changes(out, following.get().changes());
            seen = following.get().version();
            long now = System.nanoTime();
            if (sent) {
                written = now;
            } else if (now - written >= HEARTBEAT.toNanos()) {
                send(out, ": still here\n\n");
                written = now;
            }
            if (!signedIn.getAsBoolean()) {
                end(out, "signed-out", "the sign-in has expired or was revoked");
                return;
            }
            if (now - begun >= longest.toNanos()) {
                end(out, "timeout", "the time that the request asked for is over");
                return;
            }
            if (!following.get().more() && parts.streams().stopsWithin(Feed.EVERY)) {
                end(out, "stopping", "the controller is stopping");
                return;
            }
        }
    }

    /** Sends all objects. Only the event after the last has a version: before it a caller can't resume. */
    private long state(OutputStream out) throws IOException {
        Watched.Shown shown = watched.snapshot(caller);
        send(out, "event: reset\ndata: {}\n\n");
        StringBuilder events = new StringBuilder();
        int objects = 0;
        while (shown.objects().hasNext()) {
            events.append("event: added\ndata: ")
                    .append(json(shown.objects().next()))
                    .append("\n\n");
            objects++;
            sendPart(out, events);
        }
        send(
                out,
                events + "id: " + position.id(shown.version()) + "\nevent: synced\ndata: {\"objects\":" + objects
                        + "}\n\n");
        return shown.version();
    }

    /** {@return whether the caller sees one of them} */
    private boolean changes(OutputStream out, Iterator<Change<Optional<Object>>> changes) throws IOException {
        boolean sees = false;
        StringBuilder events = new StringBuilder();
        while (changes.hasNext()) {
            Change<Optional<Object>> change = changes.next();
            if (change.object().isPresent()) {
                events.append("id: ").append(position.id(change.version()));
                events.append("\nevent: ").append(change.kind().name().toLowerCase(Locale.ROOT));
                events.append("\ndata: ").append(json(change.object().get())).append("\n\n");
                sees = true;
                sendPart(out, events);
            }
        }
        if (!events.isEmpty()) {
            send(out, events.toString());
        }
        return sees;
    }

    private void sendPart(OutputStream out, StringBuilder events) throws IOException {
        if (events.length() >= PART) {
            send(out, events.toString());
            events.setLength(0);
        }
    }

    private void end(OutputStream out, String code, String message) throws IOException {
        send(out, "event: end\ndata: " + json(Map.of("code", code, "message", message)) + "\n\n");
    }

    /** JSON without line ends, which would end the event's field. */
    private String json(Object object) throws JsonProcessingException {
        return parts.json().writeValueAsString(object);
    }

    private void send(OutputStream out, String text) throws IOException {
        parts.pace().begins();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
        parts.pace().succeeded();
    }
}
