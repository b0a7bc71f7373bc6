package io.mesosiam.channel;

import io.mesosiam.channel.Stage.AdmittedHost;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.Claim;
import io.mesosiam.ownership.ClaimAttempt;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The claims that one stream makes on its host. What is written about the host can depend on their answer: it is reported
 * that they begin, before the first is sent; each answer; and that they end, also if the stream has ended. Used by the
 * stream's own tasks only, which run one at a time.
 */
final class StreamClaims {
    private static final Logger LOG = Logger.getLogger(StreamClaims.class);

    private final StreamContext streamContext;
    private final AgentStream stream;
    private final CertificateNames certificate;
    private final StreamLifecycle lifecycle;
    private final StreamLines lines;

    /** The host whose claims have begun and not ended. */
    private Optional<MesosAgentId> claimed = Optional.empty();

    private boolean inFlight;

    StreamClaims(
            StreamContext streamContext,
            AgentStream stream,
            CertificateNames certificate,
            StreamLifecycle lifecycle,
            StreamLines lines) {
        this.streamContext = streamContext;
        this.stream = stream;
        this.certificate = certificate;
        this.lifecycle = lifecycle;
        this.lines = lines;
    }

    /** Reports that the stream claims its host from now on. */
    void begin(MesosAgentId host) {
        claimed = Optional.of(host);
        streamContext.events().claimBegins(host);
    }

    /** Reports that the claims have ended, unless an answer may still arrive or the stream claims its host again. */
    void endIfSettled() {
        if (claimed.isPresent() && !inFlight && !goesOnWithout()) {
            streamContext.events().claimEnds(claimed.get());
            claimed = Optional.empty();
        }
    }

    /** Whether the stream goes on without a recorded claim, until it has one. */
    private boolean goesOnWithout() {
        return !(lifecycle.stage() instanceof Stage.Ended)
                && lifecycle
                        .stage()
                        .admitted()
                        .filter(host -> host.claim().provisional())
                        .isPresent();
    }

    /** Reports a recorded claim under which the stream doesn't go on. */
    void notEntered(AdmittedHost host) {
        if (!host.claim().provisional()) {
            late(host.id(), host.claim());
        }
    }

    /** Claims the host of a provisional stream again, unless a claim is in flight. */
    void again() {
        // a claim for a stream that has ended would take the host from the controller that has it now
        if (!inFlight && goesOnWithout()) {
            AdmittedHost host = lifecycle.stage().admitted().orElseThrow();
            // it waits while too many claims of other hosts are in flight: the agent's messages must not
            Thread unused = Thread.ofVirtual().name("agent-claim").start(() -> claimAgain(host));
            inFlight = true;
        }
    }

    private void claimAgain(AdmittedHost host) {
        try {
            use(streamContext.admission().claimAgain(host, certificate, stream::isOpen));
        } catch (RuntimeException | Error e) {
            stream.add(() -> landed(() -> {
                throw e;
            }));
        }
    }

    /** Uses the answer of a claim when it arrives. */
    void follow(ClaimAttempt attempt) {
        inFlight = true;
        use(attempt);
    }

    private void use(ClaimAttempt attempt) {
        var unused = attempt.answer()
                .whenComplete(
                        (_, _) -> stream.add(() -> landed(() -> answered(claimed.orElseThrow(), attempt.await()))));
    }

    /** Handles the end of a claim that was in flight. */
    private void landed(Runnable end) {
        inFlight = false;
        try {
            end.run();
        } finally {
            endIfSettled();
        }
    }

    private void answered(MesosAgentId host, ClaimAttempt.Result result) {
        switch (result) {
            case ClaimAttempt.Result.Answered(Optional<Claim> answered) ->
                answered.ifPresent(claim -> {
                    streamContext.streams().locked(host, () -> answered(host, claim));
                    release(host, claim.epoch());
                });
            case ClaimAttempt.Result.Failed failed ->
                streamContext.admission().notRecorded(certificate, host, failed.failure(), failed.reason());
            case ClaimAttempt.Result.NotSent() -> streamContext.admission().notSent(certificate, host);
            case ClaimAttempt.Result.NotWanted() -> {
                // the stream has ended
            }
            case ClaimAttempt.Result.Late() -> throw new AssertionError("the attempt has an answer");
        }
    }

    /** Handles a recorded claim: the stream continues under the epoch that the database assigned. */
    private void answered(MesosAgentId host, Claim claim) {
        streamContext.admission().claimed(certificate, host, claim);
        if (lifecycle.stage() instanceof Stage.Ended
                || streamContext.streams().of(host).filter(it -> it == stream).isEmpty()) {
            late(host, claim);
            return;
        }
        boolean goesOn = claim.continued() && streamContext.events().claimed(host, stream.epoch(), claim.epoch());
        if (!goesOn) {
            late(host, claim);
            stream.end(
                    Fault.passing("claim-again", "another controller claimed the host in between; send hello again"));
            return;
        }
        lifecycle.claimed(claim);
        lines.due("claimed")
                .ifPresent(repeated -> LOG.infof(
                        "claim recorded within the stream mesosAgentId=%s epoch=%d repeated=%d",
                        host, claim.epoch(), repeated));
    }

    private void late(MesosAgentId host, Claim claim) {
        streamContext.events().lateClaim(host, claim.epoch(), claim.continued());
    }

    /** Records that the host has no stream here any more, unless it has one. Not under the host's lock. */
    void release(MesosAgentId host, long epoch) {
        StreamEnds.failure(streamContext.ends().record(host, epoch)).ifPresent(failed -> lines.due("not recorded")
                .ifPresent(repeated -> LOG.warnf(
                        "end of a stream not recorded yet failure=\"%s\" mesosAgentId=%s reason=\"%s\" repeated=%d",
                        failed.failure().text(), host, failed.reason(), repeated)));
    }
}
