package io.mesosiam.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The paths between hosts and controllers. Each direction can be blocked by itself; a blocked path holds its frames back. */
final class Network {
    /** Both ends take a stream for lost after this time without a frame or a pong. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    private final Scheduler scheduler;
    private final Map<String, Integer> blocked = new TreeMap<>();
    private final List<Stream> streams = new ArrayList<>();
    private int blocks;

    /** A direction between a host and a controller. */
    enum Direction {
        UP,
        DOWN
    }

    Network(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    private static String path(Host host, String controller, Direction direction) {
        return host.id + " " + controller + " " + direction;
    }

    boolean blocks(Stream stream, Direction direction) {
        return blocked.containsKey(path(stream.host, stream.controller.name, direction));
    }

    /** Whether a host can open a stream to the controller. */
    boolean isOpen(Host host, String controller) {
        return !blocked.containsKey(path(host, controller, Direction.UP))
                && !blocked.containsKey(path(host, controller, Direction.DOWN));
    }

    Stream open(Host host, ControllerNode controller) {
        streams.removeIf(stream -> !stream.openAtAgent && !stream.openAtController);
        Stream stream = new Stream(host, controller, this, scheduler);
        streams.add(stream);
        return stream;
    }

    void block(Host host, String controller, Direction direction) {
        String path = path(host, controller, direction);
        int block = ++blocks;
        scheduler.note(() -> "block " + path);
        blocked.put(path, block);
        scheduler.after(SILENCE, "silence on " + path, () -> {
            if (Optional.of(block).equals(Optional.ofNullable(blocked.get(path)))) {
                silent(host, controller, direction);
            }
        });
    }

    /** A pong needs both directions, so both ends take their stream for lost. */
    private void silent(Host host, String controller, Direction direction) {
        for (Stream stream : List.copyOf(streams)) {
            if (stream.host.equals(host) && stream.controller.name.equals(controller)) {
                if (direction == Direction.DOWN || scheduler.oneIn(2)) {
                    host.lost(stream, "silence");
                }
                if (direction == Direction.UP || scheduler.oneIn(2)) {
                    stream.controller.closed(stream);
                }
            }
        }
    }

    void unblock(Host host, String controller, Direction direction) {
        if (blocked.remove(path(host, controller, direction)) != null) {
            flow();
        }
    }

    void unblockAll() {
        blocked.clear();
        flow();
    }

    private void flow() {
        List.copyOf(streams).forEach(Stream::flow);
    }

    /** The process of a controller ends, and with it all its streams, also those whose hello is not answered yet. */
    void crashed(ControllerNode controller) {
        for (Stream stream : List.copyOf(streams)) {
            if (stream.controller == controller) {
                stream.endAtController(scheduler.oneIn(2));
            }
        }
    }

    /** Cuts the streams between a host and a controller; both ends learn of it. */
    void cut(Host host) {
        for (Stream stream : List.copyOf(streams)) {
            if (stream.host.equals(host) && (stream.openAtAgent || stream.openAtController)) {
                scheduler.within(Duration.ofMillis(50), "agent's end is cut", () -> host.lost(stream, "cut"));
                scheduler.within(
                        Duration.ofMillis(50), "controller's end is cut", () -> stream.controller.closed(stream));
            }
        }
    }
}
