package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A stream from its dial to its end, and when the host moves from it to another controller. */
final class OpenStream {
    private final URI controller;
    private final ControllerStream stream;
    private final ReportedContainers containers;
    private final Optional<Duration> moveAfter;
    private final CompletableFuture<StreamEnd> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    /** The Mesos agent that its hello names; empty until the hello is sent, after which the stream takes reports and asks. */
    private volatile Optional<String> mesosAgentId = Optional.empty();

    /** The leases that the agent had when the hello was sent, with their containers. */
    private volatile Map<String, Optional<String>> reported = Map.of();

    /** Whether a report of the containers waits to be sent. */
    private final AtomicBoolean reportWaits = new AtomicBoolean();

    /**
     * The asks that wait to be sent. An ask is made again after its time, also while the controller reads nothing, and a queue
     * that is full ends the stream.
     */
    private final BoundedAsks queuedAsks = new BoundedAsks();

    private volatile boolean inSync;

    /** When the host's leases became those of this stream, until that is asked for. */
    private final AtomicReference<Optional<Instant>> worksSince = new AtomicReference<>(Optional.empty());

    /** When the host tries to move to another controller. */
    private final AtomicReference<Instant> moveAt = new AtomicReference<>(Instant.MAX);

    private final CompletableFuture<Void> asked = new CompletableFuture<>();

    /** The time that the controller gives the host for that; empty if it doesn't ask it to move. */
    private volatile Optional<Duration> askedWithin = Optional.empty();

    /**
     * @param stream makes the stream, which reports to this object
     * @param moveAfter how long it works before the host tries to move to a controller that it prefers; empty if there is
     *     none
     */
    OpenStream(
            URI controller,
            ReportedContainers containers,
            Optional<Duration> moveAfter,
            Function<OpenStream, ControllerStream> stream) {
        this.controller = controller;
        this.containers = containers;
        this.moveAfter = moveAfter;
        this.stream = stream.apply(this);
    }

    URI controller() {
        return controller;
    }

    ControllerStream stream() {
        return stream;
    }

    ReportedContainers containers() {
        return containers;
    }

    boolean isGreeted() {
        return mesosAgentId.isPresent();
    }

    /** Its hello is sent, which names this Mesos agent and lists all containers and these leases in their containers. */
    void greeted(String agent, Map<String, Optional<String>> leases) {
        reported = leases;
        mesosAgentId = Optional.of(agent);
    }

    /** The leases of which its controller was informed, with their containers. What another controller has sent since is not there. */
    Map<String, Optional<String>> reported() {
        return reported;
    }

    /** Whether the hellos of both are sent, and are for the same Mesos agent, so that the epochs of both can be compared. */
    boolean isOfTheHostOf(OpenStream other) {
        return mesosAgentId.isPresent() && mesosAgentId.equals(other.mesosAgentId);
    }

    /**
     * Sends the containers that have started or ended since the last report, if the hello is sent. A report is made when it
     * is sent, so that one is enough for all changes until then: containers can change without end while the controller
     * reads nothing.
     */
    void containersChanged() {
        if (isGreeted() && reportWaits.compareAndSet(false, true)) {
            stream.sendMade(() -> {
                // first: a later change makes another report
                reportWaits.set(false);
                return containers.change().stream().toList();
            });
        }
    }

    /**
     * Sends an ask after a report of its container, if the hello is sent and the ask doesn't wait to be sent. The ask of a
     * container that has ended by then is not sent: a container that started and ended between two reports is in neither, so
     * that the controller would not learn that the ask is to be forgotten.
     *
     * @param ended whether the container with this id has ended
     */
    void ask(Ask ask, Predicate<String> ended) {
        if (isGreeted() && queuedAsks.add(ask)) {
            stream.sendMade(() -> {
                queuedAsks.remove(ask);
                // first: a container that ends after this is reported, or has ended here
                Optional<AgentMessage> change = containers.change();
                return Stream.concat(
                                change.stream(),
                                ended.test(ask.containerId()) ? Stream.<AgentMessage>empty() : Stream.of(ask))
                        .toList();
            });
        }
    }

    /** Sends a message, if the hello is sent. */
    void report(AgentMessage message) {
        if (isGreeted()) {
            stream.send(message);
        }
    }

    /** The controller has sent the host's leases. */
    void inSync() {
        inSync = true;
    }

    boolean isInSync() {
        return inSync;
    }

    /** The host's leases are those of this stream. */
    void works(Instant now) {
        worksSince.set(Optional.of(now));
        moveAfter.ifPresent(after -> moveAt.set(now.plus(after)));
        boolean unused = settled.complete(null);
    }

    /** For how long the host's leases were those of this stream; empty if they were not, and after the first call. */
    Optional<Duration> stay(Instant now) {
        return worksSince.getAndSet(Optional.empty()).map(since -> Duration.between(since, now));
    }

    Instant moveAt() {
        return moveAt.get();
    }

    /** Changes the time of the next try, unless the controller has asked for one since {@link #moveAt} returned {@code read}. */
    void moveAt(Instant read, Instant next) {
        boolean unused = moveAt.compareAndSet(read, next);
    }

    /** The controller asks the host to move within this time. */
    void asksToMove(Duration within) {
        askedWithin = Optional.of(within);
        moveAt.set(Instant.MIN);
        boolean unused = asked.complete(null);
    }

    /** Completes when the controller asks the host to move. */
    CompletableFuture<Void> asked() {
        return asked;
    }

    Optional<Duration> askedWithin() {
        return askedWithin;
    }

    void ended(StreamEnd end) {
        boolean unused = ended.complete(end);
        boolean unusedToo = settled.complete(null);
    }

    /** Completes when the stream has ended. */
    CompletableFuture<StreamEnd> ended() {
        return ended;
    }

    /** Completes when the stream works, or has ended before. */
    CompletableFuture<Void> settled() {
        return settled;
    }
}
