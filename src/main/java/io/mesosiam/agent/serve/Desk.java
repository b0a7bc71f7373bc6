package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerAttestor;
import java.time.Duration;
import java.util.Optional;

/** Decides the answer to one ask: who is it, what is here for that container, and is it still the same one. */
final class Desk {
    private static final System.Logger LOG = System.getLogger("io.mesosiam.agent.audit");
    private static final Duration FIRST_RETRY = Duration.ofMillis(25);

    private final ContainerAttestor attestor;
    private final CredentialSource source;
    private final AskLine askLine;
    private final HeldAsks held;
    private final Duration hold;

    Desk(ContainerAttestor attestor, CredentialSource source, AskLine askLine, HeldAsks held, Duration hold) {
        this.attestor = attestor;
        this.source = source;
        this.askLine = askLine;
        this.held = held;
        this.hold = hold;
    }

    Reply answer(Caller caller, String name) {
        Deadline deadline = Deadline.in(hold);
        try {
            return switch (attest(caller, deadline)) {
                case Attested attested -> answer(caller, attested, name, deadline);
                case NoContainer none ->
                    refuse(
                            caller,
                            name,
                            "UnknownCaller",
                            "this process runs in no Mesos task on this host",
                            none.reason());
                case Ambiguous several ->
                    refuse(
                            caller,
                            name,
                            "AmbiguousCaller",
                            "more than one Mesos task on this host could be asking",
                            several.reason());
                case Unknown unknown ->
                    later(caller, name, "AttestationPending", "which task is asking isn't known yet", unknown.reason());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.error(503, "Stopping", "the agent is stopping").closing();
        }
    }

    /** The kernel may need a moment to know a socket that was opened just now. */
    private Attestation attest(Caller caller, Deadline deadline) throws InterruptedException {
        Attestation attestation = attestor.attest(caller);
        Duration pause = FIRST_RETRY;
        while (attestation instanceof Unknown && deadline.pause(pause)) {
            attestation = attestor.attest(caller);
            pause = pause.multipliedBy(2);
        }
        return attestation;
    }

    private Reply answer(Caller caller, Attested attested, String name, Deadline deadline) throws InterruptedException {
        Container container = attested.container();
        Answer answer = source.find(container.id(), name);
        if (answer instanceof Answer.Nothing) {
            if (!held.enter(container.id())) {
                return later(attested, name, "TooManyAsks", "too many asks of this task are waiting already");
            }
            try {
                askLine.ask(container.id(), name);
                answer = source.await(container.id(), name, deadline.left());
            } finally {
                held.leave(container.id());
            }
            if (!stillThere(caller, container)) {
                return later(attested, name, "AttestationPending", "the asking task changed while it waited");
            }
        }
        return switch (answer) {
            case Answer.Lease lease -> serve(attested, name, lease);
            case Answer.Refusal refusal -> refuse(attested, name, refusal);
            case Answer.Nothing _ ->
                later(attested, name, "CredentialsPending", "the credentials of this task are not here yet");
        };
    }

    /**
     * While an ask waited, its container may have ended and another may have taken over its address, process ids or socket:
     * then the id and the start time aren't both the same.
     */
    private boolean stillThere(Caller caller, Container container) {
        return attestor.attest(caller) instanceof Attested now
                && now.container().equals(container);
    }

    private static Reply serve(Attested attested, String name, Answer.Lease lease) {
        Optional<byte[]> body = lease.body().copy();
        if (body.isEmpty()) {
            return later(attested, name, "CredentialsPending", "the lease of this task has just ended");
        }
        LOG.log(
                System.Logger.Level.INFO,
                () -> "credentials served containerId=" + attested.container().id() + " leaseId=" + lease.leaseId()
                        + " iamRoleArn=" + lease.iamRoleArn() + " name=" + name + " attestedBy=" + attested.by()
                        + (lease.containerId().equals(attested.container().id())
                                ? ""
                                : " throughContainerId=" + lease.containerId()));
        return Reply.ok(body.get());
    }

    private static Reply refuse(Attested attested, String name, Answer.Refusal refusal) {
        LOG.log(
                System.Logger.Level.INFO,
                () -> "credentials refused containerId=" + attested.container().id() + " name=" + name + " attestedBy="
                        + attested.by() + " code=" + refusal.code());
        return Reply.error(403, refusal.code(), refusal.message());
    }

    private static Reply refuse(Caller caller, String name, String code, String message, String reason) {
        LOG.log(System.Logger.Level.INFO, () -> nobody("refused", caller, name, code, reason));
        return Reply.error(403, code, message);
    }

    private static Reply later(Attested attested, String name, String code, String message) {
        LOG.log(
                System.Logger.Level.INFO,
                () -> "credentials not ready containerId="
                        + attested.container().id() + " name=" + name + " attestedBy=" + attested.by() + " code="
                        + code);
        return Reply.error(503, code, message);
    }

    private static Reply later(Caller caller, String name, String code, String message, String reason) {
        LOG.log(System.Logger.Level.INFO, () -> nobody("not ready", caller, name, code, reason));
        return Reply.error(503, code, message);
    }

    private static String nobody(String what, Caller caller, String name, String code, String reason) {
        return "credentials " + what + " remoteAddress=" + caller.remote() + " name=" + name + " code=" + code
                + " reason=" + reason;
    }
}
