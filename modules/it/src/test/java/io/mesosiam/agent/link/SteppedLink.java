package io.mesosiam.agent.link;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessageCodec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A {@link ControllerLink} with its streams and its plan of dials, without its thread and without sockets. */
public final class SteppedLink {
    private final ControllerLink link;
    private final UnexpectedFailures failures = new UnexpectedFailures();
    private final Supplier<Set<Container>> running;
    private final HostIdentity identity;
    private @Nullable OpenStream opened;

    /** The controller that is dialled next, and the wait before. */
    public record Dial(URI controller, Duration pause) {}

    public SteppedLink(
            HostIdentity identity,
            LeaseStore store,
            List<URI> controllers,
            RandomGenerator random,
            LongSupplier nanoTime,
            Supplier<Set<Container>> running) {
        ControllerLink.Peer peer = new ControllerLink.Peer() {
            @Override
            public SSLContext tls() {
                throw new AssertionError("no sockets here");
            }

            @Override
            public HostIdentity identity() {
                return identity;
            }
        };
        this.identity = identity;
        this.running = running;
        this.link = new ControllerLink(
                peer,
                new DialPlan(ControllerOrder.of(controllers, identity.hostname()), random),
                store,
                nanoTime,
                LinkTiming.USUAL,
                failures);
    }

    public Dial next() {
        DialPlan.Dial dial = link.nextDial();
        return new Dial(dial.controller(), Duration.between(link.now(), dial.at()));
    }

    /** Dials a controller. */
    public void dial(URI controller) {
        opened = link.opened(controller, running);
    }

    /** The dialled controller is connected: the hello waits to be sent. */
    public void connected() {
        if (opened != null) {
            link.sendHello(opened, identity);
        }
    }

    /** Takes the frames that wait to be sent. */
    public List<String> outgoing() {
        List<String> frames = new ArrayList<>();
        for (Optional<AgentMessage> next = message(); next.isPresent(); next = message()) {
            frames.add(new String(AgentMessageCodec.encode(next.get()), StandardCharsets.UTF_8));
        }
        return frames;
    }

    private Optional<AgentMessage> message() {
        try {
            return opened == null ? Optional.empty() : opened.stream().next(0);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Receives a frame. {@return whether the stream goes on} */
    public boolean receive(String frame) {
        if (opened == null) {
            return false;
        }
        opened.stream().receive(frame, true);
        return opened.stream().ended().isEmpty();
    }

    public boolean synced() {
        return opened != null && opened.stream().synced();
    }

    /** Ends the stream, unless it has ended for another reason, and plans the next dial. */
    public void end(String reason) {
        if (opened != null) {
            opened.ended(opened.stream().end(new StreamEnd.Lost(reason)));
            Optional<OpenStream> unused = link.ended(opened);
            opened = null;
        }
    }

    public void requestLease(String container, String name) {
        link.requestLease(container, name);
    }

    public void containersChanged() {
        link.containersChanged();
    }

    /** Number of unexpected exceptions. */
    public long failures() {
        return failures.count();
    }
}
