package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.attest.Attestation.Unrecorded;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.agent.serve.CredentialBody.Form;
import io.mesosiam.agent.serve.HeldRequests.Outcome;
import io.mesosiam.agent.serve.InstanceMetadata.Fact;
import io.mesosiam.agent.serve.http.AskRate;
import io.mesosiam.pause.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;

/**
 * Decides the answer to one request: attests the caller, finds the container's answer, and verifies that the caller is
 * still the same.
 */
final class CredentialResponder {
    private static final Duration FIRST_RETRY = Duration.ofMillis(25);

    /**
     * The time from a request's arrival until its caller is identified. On the metadata service a lease is awaited for
     * less, since some SDKs give it half a second and then try again; those that give it a second don't, and a container
     * that was seen first by this request needs a scan of the host.
     */
    private static final Duration ATTESTATION = Duration.ofMillis(800);

    /**
     * What an attestation may take at least: of a request that had to wait for the processor, and again after the wait
     * for a lease.
     */
    private static final Duration LEAST_ATTESTATION = Duration.ofMillis(100);

    private static final int ATTESTED_AT_ONCE = 64;

    private final ContainerAttestor attestor;
    private final HeldRequests held;
    private final MetadataTokens tokens;
    private final InstanceMetadata metadata;
    private final IdentityDocument identity = new IdentityDocument();
    /** By the id of the outermost container. */
    private final AskRate<String> rate;

    private final AuditLog audit = new AuditLog(new AuditWindow(System::nanoTime));
    private final AskMetrics metrics;
    private final Semaphore attesting = new Semaphore(ATTESTED_AT_ONCE);

    CredentialResponder(
            ContainerAttestor attestor,
            HeldRequests held,
            MetadataTokens tokens,
            InstanceMetadata metadata,
            AskRate<String> rate,
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

    /** The answer, if the look-up at accept identifies the caller and the answer is there; else empty. Never waits. */
    Optional<Reply> answerAtOnce(CallerRequest sent) {
        return attestor.attestAtOnce(sent.caller()).flatMap(attested -> {
            Optional<Answer> known = known(attested.container(), sent.parsed().request());
            if (known.isEmpty()) {
                return Optional.empty();
            }
            metrics.attested(attested);
            AttestedRequest request = new AttestedRequest(
                    sent, attested, Deadline.in(Duration.ZERO), _ -> new Outcome.AtOnce(known.get()));
            try {
                return Optional.of(answer(request));
            } catch (InterruptedException e) {
                throw new IllegalStateException("an answer that is there was awaited", e);
            }
        });
    }

    /** The answer to use for this request; empty if something has to be awaited, or files have to be read. */
    private Optional<Answer> known(Container container, CredentialRequest request) {
        return switch (request) {
            case CredentialRequest.Credentials(String name) -> unlessNothing(held.now(container, name));
            case CredentialRequest.RoleList _, CredentialRequest.RoleDocument _ ->
                unlessNothing(held.now(container, Routes.DEFAULT_NAME));
            case CredentialRequest.MetadataToken _ -> Optional.of(new Answer.Nothing());
            case CredentialRequest.InstanceFact _, CredentialRequest.IdentityDocument _ -> Optional.empty();
        };
    }

    private static Optional<Answer> unlessNothing(Answer answer) {
        return answer instanceof Answer.Nothing ? Optional.empty() : Optional.of(answer);
    }

    /** @param hold how long after its arrival the request may wait for a lease that is not available yet */
    Reply answer(CallerRequest sent, Duration hold) {
        Deadline deadline = Deadline.after(sent.arrivedNanos(), hold);
        try {
            return switch (attest(sent)) {
                case Attested attested ->
                    answer(new AttestedRequest(
                            sent, attested, deadline, name -> held.find(attested.container(), name, deadline)));
                case NoContainer none -> refuse(sent, Failure.UNKNOWN_CALLER, none.reason());
                case Ambiguous several -> refuse(sent, Failure.AMBIGUOUS_CALLER, several.reason());
                case Unrecorded(String reason, boolean passing) -> {
                    if (!passing) {
                        yield refuse(sent, Failure.UNRECORDED_SOCKET, reason);
                    }
                    audit.notReady(sent, Failure.UNRECORDED_SO_FAR.code(), reason);
                    yield Reply.failure(Failure.UNRECORDED_SO_FAR);
                }
                case Unknown unknown -> {
                    audit.notReady(sent, Failure.ATTESTATION_PENDING.code(), unknown.reason());
                    yield Reply.failure(Failure.ATTESTATION_PENDING);
                }
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.failure(Failure.STOPPING);
        }
    }

    /**
     * Attests the caller, with retries, since the kernel may not list a socket that was opened just now. While many
     * requests are being attested, a caller whose socket is not found gets no retries: a flood of callers that close at
     * once would cause thousands of them.
     */
    private Attestation attest(CallerRequest sent) throws InterruptedException {
        Deadline deadline = Deadline.after(sent.arrivedNanos(), ATTESTATION).leaving(LEAST_ATTESTATION);
        boolean entered = attesting.tryAcquire();
        try {
            Attestation attestation = entered || attestor.source(sent.caller()).exact()
                    ? attestInTime(sent.caller(), deadline)
                    : new Unknown("the caller's socket is not found, and many requests are being attested");
            metrics.attested(attestation);
            return attestation;
        } finally {
            if (entered) {
                attesting.release();
            }
        }
    }

    private Attestation attestInTime(Caller caller, Deadline deadline) throws InterruptedException {
        Attestation attestation = attestor.attest(caller, deadline);
        Duration pause = FIRST_RETRY;
        while (attestation instanceof Unknown && deadline.pause(pause)) {
            attestation = attestor.attest(caller, deadline);
            pause = pause.multipliedBy(2);
        }
        return attestation;
    }

    private Reply answer(AttestedRequest request) throws InterruptedException {
        if (!rate.admit(ContainerPath.outermost(request.container().id()))) {
            return refuse(request, Failure.TOO_MANY_ASKS).with("Retry-After", "1");
        }
        return switch (request.request()) {
            case CredentialRequest.Credentials(String name) ->
                withLease(request, name, (found, lease) -> document(found, name, lease, Form.CONTAINER));
            case CredentialRequest.MetadataToken(Duration life) -> token(request, life);
            case CredentialRequest.OfMetadata wanted
            when !tokens.admit(request.container(), wanted.token()) -> refuse(request, Failure.TOKEN_NEEDED);
            case CredentialRequest.RoleList _ ->
                withLease(request, Routes.DEFAULT_NAME, (found, lease) -> {
                    audit.servedWithoutCredentials(found);
                    return Reply.text(lease.iamRoleName());
                });
            case CredentialRequest.RoleDocument wanted ->
                withLease(
                        request,
                        Routes.DEFAULT_NAME,
                        (found, lease) -> lease.iamRoleName().equals(wanted.iamRoleName())
                                ? document(found, Routes.DEFAULT_NAME, lease, Form.INSTANCE)
                                : refuse(found, Failure.NO_SUCH_ROLE));
            case CredentialRequest.InstanceFact wanted -> fact(request, wanted);
            case CredentialRequest.IdentityDocument _ -> identity(request);
        };
    }

    private Reply withLease(
            AttestedRequest request, String name, BiFunction<AttestedRequest, Answer.Lease, Reply> serve)
            throws InterruptedException {
        return switch (request.answers().find(name)) {
            case Outcome.AtOnce(Answer answer) -> reply(request, answer, serve);
            case Outcome.Held(Answer answer, Duration waited) -> {
                AttestedRequest later = request.withWaited(waited);
                yield stillThere(later) ? reply(later, answer, serve) : notReady(later, Failure.CALLER_CHANGED);
            }
            case Outcome.Full _ -> notReady(request, Failure.TOO_MANY_WAITING);
        };
    }

    /**
     * Whether the caller is still the same container. While a request waited, its container may have ended and another
     * may have its address, process ids or socket; then the id or the start time differs.
     */
    private boolean stillThere(AttestedRequest request) {
        return attestor.attest(request.sent().caller(), request.deadline().leaving(LEAST_ATTESTATION))
                        instanceof Attested now
                && now.container().equals(request.container());
    }

    private Reply reply(
            AttestedRequest request, Answer answer, BiFunction<AttestedRequest, Answer.Lease, Reply> serve) {
        return switch (answer) {
            case Answer.Lease lease -> serve.apply(request, lease);
            case Answer.Refusal refusal -> {
                audit.refused(request, refusal.code());
                yield Reply.refusal(refusal);
            }
            case Answer.Nothing _ -> notReady(request, Failure.CREDENTIALS_PENDING);
        };
    }

    /** Sends the credentials. The lease may have ended since it was found. */
    private Reply document(AttestedRequest request, String name, Answer.Lease lease, Form form) {
        Optional<byte[]> body = lease.body().copy(form);
        if (body.isEmpty()) {
            return notReady(request, Failure.CREDENTIALS_PENDING);
        }
        audit.served(request, name, lease);
        return Reply.json(body.get());
    }

    /** Issues a token, whether or not the container has credentials: SDKs that get no token continue without one. */
    private Reply token(AttestedRequest request, Duration life) {
        audit.servedWithoutCredentials(request);
        return Reply.text(tokens.issue(request.container(), life))
                .with(Routes.TOKEN_LIFE_HEADER, Long.toString(life.toSeconds()));
    }

    private Reply fact(AttestedRequest request, CredentialRequest.InstanceFact wanted) throws InterruptedException {
        return switch (metadata.find(wanted.path(), request.deadline().left())) {
            case Fact.Known(String text) -> {
                audit.servedWithoutCredentials(request);
                yield Reply.text(text);
            }
            case Fact.Missing _ -> refuse(request, Failure.NOT_FOUND);
            case Fact.Unknown _ -> notReady(request, Failure.METADATA_PENDING);
        };
    }

    private Reply identity(AttestedRequest request) throws InterruptedException {
        return switch (identity.read(metadata, roleArn(request), request.deadline())) {
            case Fact.Known(String text) -> {
                audit.servedWithoutCredentials(request);
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

    private Reply refuse(CallerRequest sent, Failure failure, String reason) {
        audit.refused(sent, failure.code(), reason);
        return Reply.failure(failure);
    }

    private Reply refuse(AttestedRequest request, Failure failure) {
        audit.refused(request, failure.code());
        return Reply.failure(failure);
    }

    private Reply notReady(AttestedRequest request, Failure failure) {
        audit.notReady(request, failure.code());
        return Reply.failure(failure);
    }
}
