package io.mesosiam.simulation;

import io.mesosiam.channel.Frames;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.MalformedFrameException;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Ownership;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.ownership.Claim;
import io.mesosiam.ownership.ProvisionalClaims;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The hosts' streams at one controller. It follows the rules of {@code channel.AgentStream}, {@code Admission} and {@code
 * AgentStreams}, which need sockets and PostgreSQL; the messages are the product's.
 */
final class Streams {
    private static final Duration CLAIM_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RECHECK = Duration.ofSeconds(10);

    private final ControllerNode controller;
    private final Deployment deployment;
    private final Scheduler scheduler;
    private final Map<MesosAgentId, Stream> newest = new LinkedHashMap<>();
    private final ProvisionalClaims provisional = new ProvisionalClaims();
    private boolean rechecking;

    Streams(ControllerNode controller, Deployment deployment) {
        this.controller = controller;
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
    }

    boolean deliver(MesosAgentId host, Delivery delivery) {
        Stream stream = newest.get(host);
        if (stream == null || !stream.openAtController) {
            Violation.unless(
                    !controller.isEvicted(host),
                    () -> controller + " delivers to " + host + ", which is evicted: " + delivery);
            return false;
        }
        if (stream.serving) {
            stream.toAgent(Frames.of(delivery).orElseThrow(() -> new Violation("can't be sent: " + delivery)));
        }
        return true;
    }

    /** Another controller has claimed the host. */
    void lost(MesosAgentId host, long epoch) {
        Stream stream = newest.get(host);
        if (stream != null && epoch(stream) == epoch) {
            end(stream, claimAgain());
        }
    }

    /** The agent is to report again what it holds. */
    void connectAgain(MesosAgentId host, long epoch) {
        Stream stream = newest.get(host);
        if (stream != null && epoch(stream) == epoch) {
            end(stream, Fault.passing("hello-again", "tasks of held sessions are known now"));
        }
    }

    /** The host is evicted: it is to hold nothing. */
    void evicted(MesosAgentId host) {
        Optional.ofNullable(newest.get(host)).ifPresent(this::evict);
    }

    private void evict(Stream stream) {
        if (stream.openAtController) {
            stream.evicted = true;
            if (stream.serving) {
                stream.toAgent(Frames.sync(epoch(stream), List.of()));
            }
            end(stream, Fault.lasting(Host.EVICTED, "the host is evicted"));
        }
    }

    private static Fault claimAgain() {
        return Fault.passing("claim-again", "another controller claimed the host in between");
    }

    /** Asks all agents to move to other controllers. */
    void moveAll() {
        newest.values().stream()
                .filter(stream -> stream.openAtController && stream.serving)
                .forEach(stream -> stream.toAgent(new ControllerMessage.Move(Duration.ofSeconds(10))));
    }

    /** Whether the host's agent is served here. */
    boolean serves(MesosAgentId host) {
        Stream stream = newest.get(host);
        return stream != null && stream.serving && stream.openAtController;
    }

    void crash() {
        deployment.network.crashed(controller);
        newest.clear();
    }

    // ---- what agents send, in order

    void receive(Stream stream, String frame) {
        if (stream.hello.isPresent() && stream.claim.isEmpty()) {
            stream.waiting.add(Optional.of(frame));
            return;
        }
        if (!(decoded(frame) instanceof Decoded.Known<AgentMessage>(AgentMessage message))) {
            throw new Violation("unknown message " + frame);
        }
        scheduler.note(() -> stream + " receives " + message);
        if (message instanceof Hello hello) {
            stream.hello = Optional.of(hello);
            if (controller.isEvicted(stream.host.id)) {
                evict(stream);
            } else {
                hello(stream, stream.host.id);
            }
        } else {
            reported(stream.host.id, message);
        }
    }

    private static Decoded<AgentMessage> decoded(String frame) {
        try {
            return AgentMessageCodec.decode(frame);
        } catch (MalformedFrameException e) {
            throw new Violation("malformed frame " + frame + ": " + e.getMessage());
        }
    }

    private void reported(MesosAgentId host, AgentMessage message) {
        switch (message) {
            case AgentMessage.Nack nack ->
                controller.reconciler.notServed(
                        host, LeaseId.parse(nack.leaseId()), nack.revision(), "not served: " + nack.message());
            case AgentMessage.Ask ask ->
                controller.reconciler.asked(host, ContainerId.parse(ask.containerId()), new CredentialName(ask.name()));
            case AgentMessage.Policies applied ->
                controller.reconciler.policies().applied(host, applied.version());
            case AgentMessage.Containers changed ->
                controller.containers(
                        host,
                        containers(changed.started()),
                        containers(changed.ended()).keySet());
            default -> {
                // nothing else concerns leases
            }
        }
    }

    private static Map<ContainerId, ReportedContainer> containers(List<RunningContainer> reported) {
        Map<ContainerId, ReportedContainer> containers = new HashMap<>();
        reported.forEach(each -> containers.put(
                ContainerId.parse(each.containerId()),
                new ReportedContainer(
                        each.startTicks(),
                        each.executor()
                                .map(of ->
                                        new ReportedContainer.Executor(new FrameworkId(of.frameworkId()), of.id())))));
        return containers;
    }

    void closed(Stream stream) {
        if (stream.hello.isPresent() && stream.claim.isEmpty() && stream.openAtController) {
            stream.waiting.add(Optional.empty());
        } else {
            leave(stream, false);
        }
    }

    private void end(Stream stream, Fault fault) {
        if (stream.openAtController) {
            scheduler.note(() -> stream + " ends: " + fault.code());
            stream.toAgent(fault);
            leave(stream, true);
        }
    }

    private void leave(Stream stream, boolean says) {
        stream.endAtController(says);
        if (newest.remove(stream.host.id, stream)) {
            controller.reconciler.disconnected(
                    stream.host.id, stream.claim.orElseThrow().epoch());
        }
        endIfSettled(stream);
    }

    private void endIfSettled(Stream stream) {
        if (stream.claimBegun && !stream.claiming && !(stream.openAtController && isProvisional(stream))) {
            stream.claimBegun = false;
            controller.journal.claimEnds(stream.host.id);
        }
    }

    // ---- claims

    private void hello(Stream stream, MesosAgentId host) {
        boolean listed = controller.state().agent(host).isPresent();
        Consumer<Optional<Claim>> admit = answer -> {
            answer.ifPresent(it -> provisional.recorded(host, it));
            admitted(stream, listed ? answer.or(() -> Optional.of(provisional.claim(host))) : answer);
        };
        stream.claimBegun = true;
        controller.journal.claimBegins(host);
        claim(stream, listed, () -> admit.accept(Optional.empty()), answer -> {
            if (stream.claim.isEmpty()) {
                admit.accept(answer);
            } else {
                answered(stream, answer);
            }
            endIfSettled(stream);
        });
    }

    /**
     * Claims a host.
     *
     * @param inserts whether the claim makes the host's row
     * @param late runs if there is no answer in time
     * @param answered receives the claim; empty if the database does not answer or has no row to claim
     */
    private void claim(Stream stream, boolean inserts, Runnable late, Consumer<Optional<Claim>> answered) {
        MesosAgentId host = stream.host.id;
        Duration there = latency();
        Duration back = latency();
        stream.claiming = true;
        if (there.plus(back).compareTo(CLAIM_TIMEOUT) > 0) {
            scheduler.after(CLAIM_TIMEOUT, "claim of " + stream + " is late", () -> running(late));
        }
        scheduler.after(there, "claim of " + stream + " takes effect", () -> {
            boolean effect = deployment.database.up && (inserts || deployment.database.isClaimed(host));
            Optional<Claim> claim = effect
                    ? Optional.of(deployment.database.claim(
                            host, controller.name, stream.hello.orElseThrow().servedUnder()))
                    : Optional.empty();
            claim.ifPresent(it -> scheduler.note(() -> stream + " has epoch " + it.epoch()));
            scheduler.after(
                    back,
                    "answer to claim of " + stream,
                    () -> running(() -> {
                        stream.claiming = false;
                        answered.accept(claim);
                    }));
        });
    }

    private void running(Runnable work) {
        if (controller.runs) {
            work.run();
            controller.wake();
        }
    }

    private Duration latency() {
        // a late claim can cost a call to STS, and the trials of seeds with operators count these
        boolean mayBeLate = !(deployment.checks.calm && deployment.uses(Feature.OPERATORS));
        return mayBeLate && scheduler.oneIn(25)
                ? scheduler.upTo(Duration.ofSeconds(5))
                : scheduler.upTo(Duration.ofMillis(20));
    }

    private void admitted(Stream stream, Optional<Claim> claim) {
        if (claim.isEmpty()) {
            stream.claim = Optional.of(new Claim(0, true, false, true));
            end(stream, Fault.passing("not-registered", "the Mesos agent is not registered"));
            return;
        }
        stream.claim = claim;
        enter(stream, stream.host.id, claim.get());
        List<Optional<String>> waited = new ArrayList<>(stream.waiting);
        stream.waiting.clear();
        for (Optional<String> frame : waited) {
            if (frame.isEmpty()) {
                closed(stream);
            } else if (stream.openAtController) {
                receive(stream, frame.get());
            }
        }
    }

    private void enter(Stream stream, MesosAgentId host, Claim claim) {
        Stream other = newest.get(host);
        boolean older = other != null && epoch(other) > claim.epoch();
        if (!stream.openAtController || older) {
            notEntered(stream, claim);
            end(stream, superseded());
            return;
        }
        newest.put(host, stream);
        if (other != null) {
            end(other, superseded());
        }
        Hello hello = stream.hello.orElseThrow();
        List<HeldLease> held = hello.held().stream()
                .map(each -> new HeldLease(
                        LeaseId.parse(each.leaseId()),
                        each.identityHash(),
                        each.expiration(),
                        each.containerId().map(ContainerId::parse),
                        each.name().map(CredentialName::new)))
                .toList();
        try {
            controller.reconciler.connected(
                    host,
                    claim.provisional()
                            ? Ownership.provisional(claim.epoch(), hello.servedUnder())
                            : new Ownership(claim.epoch(), claim.continued()),
                    held,
                    containers(hello.containers()),
                    state -> {
                        stream.serving = true;
                        // the last moment before the host's leases are sent
                        if (!controller.isEvicted(host)) {
                            stream.toAgent(Frames.sync(claim.epoch(), state));
                        }
                    });
            if (controller.isEvicted(host)) {
                evict(stream);
            }
            if (!stream.serving) {
                notEntered(stream, claim);
            }
            recheckLater();
        } catch (IllegalStateException e) {
            notEntered(stream, claim);
            end(stream, Fault.passing("not-ready", "the state of this host is not known yet"));
        }
    }

    private void notEntered(Stream stream, Claim claim) {
        if (!claim.provisional()) {
            controller.journal.claimed(stream.host.id, claim.epoch(), claim.continued());
        }
    }

    private static Fault superseded() {
        return new Fault("superseded", "the host has a newer stream", new Fault.Passing(Fault.DEFAULT_RETRY));
    }

    private static long epoch(Stream stream) {
        return stream.claim.map(Claim::epoch).orElse(0L);
    }

    // ---- provisional claims

    private void recheckLater() {
        boolean provisionalOnes = newest.values().stream().anyMatch(Streams::isProvisional);
        if (!rechecking && provisionalOnes) {
            rechecking = true;
            scheduler.after(RECHECK, "recheck of " + controller, () -> {
                rechecking = false;
                running(this::recheck);
            });
        }
    }

    private static boolean isProvisional(Stream stream) {
        return stream.claim.map(Claim::provisional).orElse(false);
    }

    private void recheck() {
        for (Stream stream : List.copyOf(newest.values())) {
            if (isProvisional(stream) && !stream.claiming && stream.openAtController) {
                claim(stream, controller.state().agent(stream.host.id).isPresent(), () -> {}, answer -> {
                    answered(stream, answer);
                    endIfSettled(stream);
                });
            }
        }
        recheckLater();
    }

    private void answered(Stream stream, Optional<Claim> answer) {
        MesosAgentId host = stream.host.id;
        if (answer.isEmpty()) {
            return;
        }
        Claim claim = answer.get();
        provisional.recorded(host, claim);
        if (!stream.openAtController || newest.get(host) != stream) {
            controller.journal.claimed(host, claim.epoch(), claim.continued());
            return;
        }
        boolean goesOn = claim.continued() && controller.reconciler.claimed(host, epoch(stream), claim.epoch());
        if (goesOn) {
            stream.claim = answer;
        } else {
            controller.journal.claimed(host, claim.epoch(), claim.continued());
            end(stream, claimAgain());
        }
    }
}
