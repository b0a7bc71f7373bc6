package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.serve.CredentialBody.Form;
import io.mesosiam.agent.serve.InstanceMetadata.Fact;
import io.mesosiam.agent.serve.ParsedRequest.Asked;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Decides the answer to one ask: who is it, what is here for that container, and is it still the same one. */
final class CredentialResponder {
    private static final Duration FIRST_RETRY = Duration.ofMillis(25);
    private static final int ATTESTED_AT_ONCE = 64;

    private final ContainerAttestor attestor;
    private final HeldAsks held;
    private final MetadataTokens tokens;
    private final InstanceMetadata metadata;
    private final IdentityDocument identity = new IdentityDocument();
    private final AskRate rate;
    private final AuditLog audit = new AuditLog(new AuditWindow(System::nanoTime));
    private final AskMetrics metrics;
    private final Semaphore attesting = new Semaphore(ATTESTED_AT_ONCE);

    CredentialResponder(
            ContainerAttestor attestor,
            HeldAsks held,
            MetadataTokens tokens,
            InstanceMetadata metadata,
            AskRate rate,
            AskMetrics metrics) {
        this.attestor = attestor;
        this.held = held;
        this.tokens = tokens;
        this.metadata = metadata;
        this.rate = rate;
        this.metrics = metrics;
    }

    AuditLog audit() {
        return audit;
    }

    /** @param hold how long the ask may wait for what isn't here yet */
    Reply answer(Caller caller, Asked asked, Duration hold) {
        Deadline deadline = Deadline.in(hold);
        try {
            return switch (attest(caller, deadline)) {
                case Attested attested -> answer(new AttestedRequest(caller, attested, asked, deadline));
                case NoContainer none -> refuse(caller, asked, Failure.UNKNOWN_CALLER, none.reason());
                case Ambiguous several -> refuse(caller, asked, Failure.AMBIGUOUS_CALLER, several.reason());
                case Unknown unknown -> {
                    audit.notReady(caller, asked, Failure.ATTESTATION_PENDING.code(), unknown.reason());
                    yield Reply.failure(Failure.ATTESTATION_PENDING);
                }
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.failure(Failure.STOPPING);
        }
    }

    /** An ask whose container is known. */
    private record AttestedRequest(Caller caller, Attested attested, Asked asked, Deadline deadline) {
        Container container() {
            return attested.container();
        }
    }

    /**
     * The kernel may need a moment to know a socket that was opened just now. While many asks are being attested, a caller whose socket isn't found is
     * not waited for: a flood of callers that close at once is thousands of these.
     */
    private Attestation attest(Caller caller, Deadline deadline) throws InterruptedException {
        boolean entered = attesting.tryAcquire();
        try {
            Attestation attestation = entered || attestor.source(caller).exact()
                    ? attestInTime(caller, deadline)
                    : new Unknown("the asking socket is not found, and many asks are being attested");
            metrics.attested(attestation);
            return attestation;
        } finally {
            if (entered) {
                attesting.release();
            }
        }
    }

    private Attestation attestInTime(Caller caller, Deadline deadline) throws InterruptedException {
        Attestation attestation = attestor.attest(caller);
        Duration pause = FIRST_RETRY;
        while (attestation instanceof Unknown && deadline.pause(pause)) {
            attestation = attestor.attest(caller);
            pause = pause.multipliedBy(2);
        }
        return attestation;
    }

    private Reply answer(AttestedRequest request) throws InterruptedException {
        if (!rate.admit(request.container())) {
            return refuse(request, Failure.TOO_MANY_ASKS).with("Retry-After", "1");
        }
        return switch (request.asked().ask()) {
            case Ask.Credentials(String name) ->
                withLease(request, name, lease -> document(request, name, lease, Form.CONTAINER));
            case Ask.MetadataToken(Duration life) -> token(request, life);
            case Ask.OfMetadata ask
            when !tokens.admit(request.container(), ask.token()) -> refuse(request, Failure.TOKEN_NEEDED);
            case Ask.RoleList ask ->
                withLease(request, Routes.DEFAULT_NAME, lease -> {
                    audit.told(request.attested(), ask);
                    return Reply.text(lease.iamRoleName());
                });
            case Ask.RoleDocument ask ->
                withLease(
                        request,
                        Routes.DEFAULT_NAME,
                        lease -> lease.iamRoleName().equals(ask.iamRoleName())
                                ? document(request, Routes.DEFAULT_NAME, lease, Form.INSTANCE)
                                : refuse(request, Failure.NO_SUCH_ROLE));
            case Ask.InstanceFact ask -> fact(request, ask);
            case Ask.IdentityDocument ask -> identity(request, ask);
        };
    }

    private Reply withLease(AttestedRequest request, String name, Function<Answer.Lease, Reply> serve)
            throws InterruptedException {
        return switch (held.find(request.container(), name, request.deadline())) {
            case HeldAsks.Outcome.AtOnce(Answer answer) -> reply(request, answer, serve);
            case HeldAsks.Outcome.Held(Answer answer) ->
                stillThere(request) ? reply(request, answer, serve) : notReady(request, Failure.CALLER_CHANGED);
            case HeldAsks.Outcome.Full _ -> notReady(request, Failure.TOO_MANY_WAITING);
        };
    }

    /**
     * While an ask waited, its container may have ended and another may have taken over its address, process ids or socket:
     * then the id and the start time aren't both the same.
     */
    private boolean stillThere(AttestedRequest request) {
        return attestor.attest(request.caller()) instanceof Attested now
                && now.container().equals(request.container());
    }

    private Reply reply(AttestedRequest request, Answer answer, Function<Answer.Lease, Reply> serve) {
        return switch (answer) {
            case Answer.Lease lease -> serve.apply(lease);
            case Answer.Refusal refusal -> {
                audit.refused(request.attested(), request.asked(), refusal.code());
                yield Reply.refusal(refusal);
            }
            case Answer.Nothing _ -> notReady(request, Failure.CREDENTIALS_PENDING);
        };
    }

    /** A lease may end between being found and being read. */
    private Reply document(AttestedRequest request, String name, Answer.Lease lease, Form form) {
        Optional<byte[]> body = lease.body().copy(form);
        if (body.isEmpty()) {
            return notReady(request, Failure.CREDENTIALS_PENDING);
        }
        audit.served(request.attested(), name, request.asked().api(), lease);
        return Reply.json(body.get());
    }

    /** Whatever the container may have: SDKs that get no token go on without one. */
    private Reply token(AttestedRequest request, Duration life) {
        audit.told(request.attested(), request.asked().ask());
        return Reply.text(tokens.issue(request.container(), life))
                .with(Routes.TOKEN_LIFE_HEADER, Long.toString(life.toSeconds()));
    }

    private Reply fact(AttestedRequest request, Ask.InstanceFact ask) throws InterruptedException {
        return switch (metadata.find(ask.path(), request.deadline().left())) {
            case Fact.Known(String text) -> {
                audit.told(request.attested(), ask);
                yield Reply.text(text);
            }
            case Fact.Missing _ -> refuse(request, Failure.NOT_FOUND);
            case Fact.Unknown _ -> notReady(request, Failure.METADATA_PENDING);
        };
    }

    private Reply identity(AttestedRequest request, Ask.IdentityDocument ask) throws InterruptedException {
        return switch (identity.read(metadata, roleArn(request), request.deadline())) {
            case Fact.Known(String text) -> {
                audit.told(request.attested(), ask);
                yield Reply.text(text);
            }
            case Fact.Missing _ -> refuse(request, Failure.NOT_FOUND);
            case Fact.Unknown _ -> notReady(request, Failure.METADATA_PENDING);
        };
    }

    private Optional<String> roleArn(AttestedRequest request) {
        return held.now(request.container(), Routes.DEFAULT_NAME) instanceof Answer.Lease lease
                ? Optional.of(lease.iamRoleArn())
                : Optional.empty();
    }

    private Reply refuse(Caller caller, Asked asked, Failure failure, String reason) {
        audit.refused(caller, asked, failure.code(), reason);
        return Reply.failure(failure);
    }

    private Reply refuse(AttestedRequest request, Failure failure) {
        audit.refused(request.attested(), request.asked(), failure.code());
        return Reply.failure(failure);
    }

    private Reply notReady(AttestedRequest request, Failure failure) {
        audit.notReady(request.attested(), request.asked(), failure.code());
        return Reply.failure(failure);
    }
}
