package io.mesosiam.simulation;

import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.ownership.Claim;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** One connection of a host's agent with a controller: two ordered directions, and two ends that can end apart. */
final class Stream {
    private static final Duration USUAL_DELAY = Duration.ofMillis(20);
    private static final Duration LONG_DELAY = Duration.ofSeconds(8);

    final Host host;
    final ControllerNode controller;
    boolean openAtAgent = true;
    boolean openAtController = true;

    // what the controller knows
    Optional<Hello> hello = Optional.empty();
    Optional<Claim> claim = Optional.empty();
    boolean serving;

    /** Whether the controller has ended it because the host is evicted. */
    boolean evicted;

    boolean claiming;

    /** Whether its claims have begun and not ended. */
    boolean claimBegun;

    /** Frames that wait until the hello is answered; an empty one is the agent's end. */
    final Deque<Optional<String>> waiting = new ArrayDeque<>();

    private final Network network;
    private final Scheduler scheduler;
    private final Deque<Optional<String>> up = new ArrayDeque<>();
    private final Deque<Optional<Frame>> down = new ArrayDeque<>();

    /**
     * A frame from the controller.
     *
     * @param policies the version of the policies that the controller used when it sent the frame
     */
    record Frame(String text, ControllerMessage message, int policies) {}

    Stream(Host host, ControllerNode controller, Network network, Scheduler scheduler) {
        this.host = host;
        this.controller = controller;
        this.network = network;
        this.scheduler = scheduler;
    }

    private Duration delay() {
        return scheduler.oneIn(200) ? scheduler.upTo(LONG_DELAY) : scheduler.upTo(USUAL_DELAY);
    }

    void toController(String text) {
        up.add(Optional.of(text));
        scheduler.after(delay(), "frame to controller", this::arriveAtController);
    }

    void toAgent(ControllerMessage message) {
        String text = new String(ControllerMessageCodec.encode(message), StandardCharsets.UTF_8);
        down.add(Optional.of(new Frame(text, message, controller.policyVersion())));
        scheduler.after(delay(), "frame to agent", this::arriveAtAgent);
    }

    private void arriveAtController() {
        if (up.isEmpty() || network.blocks(this, Network.Direction.UP)) {
            return;
        }
        Optional<String> frame = up.remove();
        if (!openAtController) {
            return;
        }
        frame.ifPresentOrElse(text -> controller.receive(this, text), () -> controller.closed(this));
    }

    private void arriveAtAgent() {
        if (down.isEmpty() || network.blocks(this, Network.Direction.DOWN)) {
            return;
        }
        Optional<Frame> frame = down.remove();
        if (!openAtAgent) {
            return;
        }
        frame.ifPresentOrElse(it -> host.receive(this, it), () -> host.lost(this, "closed by the controller"));
    }

    /** The network lets through again what it held back. */
    void flow() {
        up.forEach(_ -> scheduler.after(delay(), "held frame to controller", this::arriveAtController));
        down.forEach(_ -> scheduler.after(delay(), "held frame to agent", this::arriveAtAgent));
    }

    /** @param says whether the other end learns of it, as soon as the network lets it through */
    void endAtAgent(boolean says) {
        if (openAtAgent) {
            openAtAgent = false;
            if (says) {
                up.add(Optional.empty());
                scheduler.after(delay(), "end of stream to controller", this::arriveAtController);
            } else {
                scheduler.after(Network.SILENCE, "controller notices silence", () -> controller.closed(this));
            }
        }
    }

    void endAtController(boolean says) {
        if (openAtController) {
            openAtController = false;
            if (says) {
                down.add(Optional.empty());
                scheduler.after(delay(), "end of stream to agent", this::arriveAtAgent);
            } else {
                scheduler.after(Network.SILENCE, "agent notices silence", () -> host.lost(this, "silence"));
            }
        }
    }

    @Override
    public String toString() {
        return host.id + "-" + controller;
    }
}
