package io.mesosiam.agent.link;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessageCodec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ControllerLink} with its streams, its plan of dials and its moves, without its threads and without sockets. A move
 * tries the first of the controllers that {@link Mover} would try.
 */
public final class SteppedLink {
    private final ControllerLink link;
    private final UnexpectedFailures failures = new UnexpectedFailures();
    private final Supplier<Set<Container>> running;
    private final HostIdentity identity;

    /** The stream whose end the link's own thread would wait for. */
    private @Nullable OpenStream awaited;

    /** The controller that is dialled next, and the wait before. */
    public record Dial(URI controller, Duration pause) {}

    /** A stream of the link, from its dial on. */
    public static final class Line {
        private final OpenStream opened;

        private Line(OpenStream opened) {
            this.opened = opened;
        }

        /** Whether the link has ended it, or its controller has. */
        public boolean hasEnded() {
            return opened.stream().ended().isPresent();
        }
    }

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
    public Line dial(URI controller) {
        OpenStream opened = link.opened(controller, running);
        if (awaited == null) {
            awaited = opened;
        }
        return new Line(opened);
    }

    /** The dialled controller is connected: the hello waits to be sent. */
    public void connected(Line line) {
        link.sendHello(line.opened, identity);
    }

    /** Takes the frames that wait to be sent. */
    public List<String> outgoing(Line line) {
        List<String> frames = new ArrayList<>();
        for (Optional<AgentMessage> next = message(line); next.isPresent(); next = message(line)) {
            frames.add(new String(AgentMessageCodec.encode(next.get()), StandardCharsets.UTF_8));
        }
        return frames;
    }

    private static Optional<AgentMessage> message(Line line) {
        try {
            return line.opened.stream().next(0);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public void receive(Line line, String frame) {
        line.opened.stream().receive(frame, true);
    }

    /** Whether the host's leases are those of this stream. */
    public boolean isServing(Line line) {
        return link.slots().serving().filter(it -> it == line.opened).isPresent();
    }

    /** Whether there is no stream, and none is dialled. */
    public boolean isIdle() {
        return awaited == null;
    }

    public boolean synced() {
        return link.isInSync();
    }

    /** Ends a stream, unless it has ended for another reason, and plans the next dial or the next try to move. */
    public void end(Line line, String reason) {
        OpenStream opened = line.opened;
        StreamEnd end = opened.stream().end(new StreamEnd.Lost(reason));
        opened.ended(end);
        if (opened == awaited) {
            Optional<OpenStream> next = link.ended(opened);
            while (next.filter(it -> it.ended().isDone()).isPresent()) {
                next = link.ended(next.get());
            }
            awaited = next.orElse(null);
        } else if (link.slots().remove(opened)) {
            link.moves().failed(opened, end);
            tryAgain();
        }
    }

    /** The wait before the next try to move; empty if none is planned, or one goes on. */
    public Optional<Duration> untilMove() {
        return settled()
                .map(serving -> {
                    if (serving.moveAt().equals(Instant.MIN)) {
                        serving.moveAt(Instant.MIN, link.now().plus(link.moves().wait(serving)));
                    }
                    return serving.moveAt();
                })
                .filter(at -> !at.equals(Instant.MAX))
                .map(at -> Duration.between(link.now(), at));
    }

    /** The stream that serves the host, if there is no other one. */
    private Optional<OpenStream> settled() {
        return link.slots().serving().filter(_ -> link.slots().all().size() == 1);
    }

    /** The controller to which the host tries to move, if it does so now. */
    public Optional<URI> moveTarget() {
        if (untilMove().filter(wait -> !wait.isPositive()).isEmpty()) {
            return Optional.empty();
        }
        Optional<URI> target = settled()
                .flatMap(serving -> link.moves().targets(serving).stream().findFirst());
        if (target.isEmpty()) {
            tryAgain();
        }
        return target;
    }

    private void tryAgain() {
        link.slots()
                .serving()
                .ifPresent(serving -> serving.moveAt(
                        serving.moveAt(), link.now().plus(link.moves().pause(serving))));
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
