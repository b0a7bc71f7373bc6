package io.mesosiam.agent.hostrole;

import io.mesosiam.agent.hostrole.AssumeRole.Result;
import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.local.HostMetadata.Session;
import io.mesosiam.agent.local.HttpResponse;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.Untried;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Tries which roles the host's own role can assume, when a controller instructs it: one batch at a time, on a thread of its
 * own. The credentials of the host's role are read for each batch and zeroed after it; they go to STS alone.
 */
public final class RoleTrials implements BiConsumer<TryRoles, Consumer<AgentMessage>> {
    private static final System.Logger LOG = System.getLogger(RoleTrials.class.getName());
    private static final Duration CALL = Duration.ofSeconds(5);

    /** After it no further role of the batch is tried. The controller waits longer. */
    private static final Duration BATCH = Duration.ofSeconds(45);

    private static final String REGION_PATH = "/latest/meta-data/placement/region";

    private final HostMetadata metadata;
    private final Optional<URI> endpoint;
    private final InstantSource clock;
    private final Duration call;
    private final AtomicBoolean running = new AtomicBoolean();

    /** With the metadata service of the host, and STS of its region. */
    public RoleTrials() {
        this(HostMetadata.ofInstance(), Optional.empty(), InstantSource.system(), CALL);
    }

    /**
     * @param endpoint of an STS to call instead of the region's, for tests
     * @param call time limit of one call
     */
    RoleTrials(HostMetadata metadata, Optional<URI> endpoint, InstantSource clock, Duration call) {
        this.metadata = metadata;
        this.endpoint = endpoint;
        this.clock = clock;
        this.call = call;
    }

    /** Returns at once; a request during another batch is dropped. */
    @Override
    public void accept(TryRoles request, Consumer<AgentMessage> answer) {
        if (!running.compareAndSet(false, true)) {
            LOG.log(Level.WARNING, "roles not tried, the batch before is not finished");
            return;
        }
        Thread.ofVirtual().name("role-trials").start(() -> {
            try {
                answer.accept(tried(request));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                // without its message, which might quote a header
                LOG.log(
                        Level.WARNING,
                        "roles not tried failure={0}",
                        e.getClass().getName());
                answer.accept(untried(
                        request,
                        "failure",
                        "unexpected failure: " + e.getClass().getName()));
            } finally {
                running.set(false);
            }
        });
    }

    /** What one batch needs of the metadata service. */
    private sealed interface Instance {
        record Ready(StsRegion sts, HostCredentials credentials) implements Instance {}

        record NotReady(String code, String message) implements Instance {}
    }

    private RolesTried tried(TryRoles request) throws InterruptedException {
        return switch (instance(request)) {
            case Instance.NotReady(String code, String message) -> untried(request, code, message);
            case Instance.Ready(StsRegion sts, HostCredentials credentials) -> {
                try (credentials;
                        AssumeRole calls = new AssumeRole(
                                endpoint.orElse(sts.endpoint()), sts.region(), credentials, clock, call)) {
                    yield tried(request, sts, calls);
                }
            }
        };
    }

    private Instance instance(TryRoles request) {
        try {
            return metadata.first(session -> instance(session, request));
        } catch (IOException e) {
            return new Instance.NotReady("no-metadata", "the metadata service does not answer");
        }
    }

    private static Instance instance(Session session, TryRoles request) throws IOException {
        if (!(HostRole.answered(session) instanceof HostRole.Present role)
                || !role.equals(new HostRole.Present(request.hostRole(), Optional.of(request.hostAccount())))) {
            return new Instance.NotReady("other-role", "the host has another role now, or none");
        }
        HttpResponse region = session.get(REGION_PATH);
        Optional<StsRegion> sts =
                region.status() == 200 ? StsRegion.of(region.text().strip()) : Optional.empty();
        if (sts.isEmpty()) {
            return new Instance.NotReady("no-region", "the metadata service names no region whose STS is known");
        }
        HttpResponse credentials = session.get(HostRole.PATH + role.name());
        if (credentials.status() != 200) {
            Arrays.fill(credentials.body(), (byte) 0);
            return new Instance.NotReady(
                    "no-credentials",
                    "the metadata service answers a request for credentials with status " + credentials.status());
        }
        try {
            return new Instance.Ready(sts.get(), HostCredentials.read(credentials.body()));
        } catch (IOException e) {
            return new Instance.NotReady("no-credentials", String.valueOf(e.getMessage()));
        }
    }

    private RolesTried tried(TryRoles request, StsRegion sts, AssumeRole calls) throws InterruptedException {
        List<String> assumable = new ArrayList<>();
        List<Untried> untried = new ArrayList<>();
        long begun = System.nanoTime();
        int refused = 0;
        Optional<Result.Unknown> over = Optional.empty();
        for (String role : request.iamRoleArns()) {
            if (over.isEmpty() && System.nanoTime() - begun > BATCH.toNanos()) {
                over = Optional.of(
                        new Result.Unknown("no-time", "the batch took longer than " + BATCH.toSeconds() + " s"));
            }
            Result result = over.isPresent() ? over.get() : attempt(role, sts, calls);
            switch (result) {
                case Result.Assumable() -> assumable.add(role);
                case Result.Refused() -> refused++;
                case Result.Unknown unknown -> {
                    untried.add(new Untried(role, unknown.code(), unknown.message()));
                    over = over.or(() -> Optional.of(unknown).filter(Result.Unknown::endsBatch));
                }
            }
        }
        LOG.log(
                Level.INFO,
                "roles tried as the host''s role hostRole={0} assumable={1} refused={2} untried={3}",
                request.hostRole(),
                assumable.size(),
                refused,
                untried.size());
        return new RolesTried(request.batch(), assumable, refused, untried);
    }

    private static Result attempt(String role, StsRegion sts, AssumeRole calls) throws InterruptedException {
        return role.startsWith("arn:" + sts.partition() + ":iam::")
                ? calls.attempt(role)
                : new Result.Unknown(
                        "other-partition", "the host is in the partition " + sts.partition() + ", the role is not");
    }

    private static RolesTried untried(TryRoles request, String code, String message) {
        return new RolesTried(
                request.batch(),
                List.of(),
                0,
                request.iamRoleArns().stream()
                        .map(role -> new Untried(role, code, message))
                        .toList());
    }
}
