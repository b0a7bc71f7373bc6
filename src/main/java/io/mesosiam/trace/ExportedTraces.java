package io.mesosiam.trace;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes one trace of each session on its way to its host, and exports it with OpenTelemetry's SDK. Spans are made when
 * their ends are known, with the times of their steps, so that no context has to be passed through the stages' queues.
 * A step that never comes, such as the confirmation of a host that is gone, ends its trace when others need the room.
 */
final class ExportedTraces implements LeaseSteps, AutoCloseable {
    /** Sessions on their way, and changes that wait for their plans. */
    private static final int MOST = 10_000;

    /** Spans that wait for the receiver; further ones are dropped. */
    private static final int QUEUED_SPANS = 20_000;

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final Duration LAST_EXPORT = Duration.ofSeconds(2);

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final Instant begun = Instant.now();
    private final long begunNanos = System.nanoTime();

    /** When a change arrived that touched these launches, which are not planned yet. */
    @GuardedBy("this")
    private final Map<Launch, Instant> arrived = new Bounded<>(MOST, _ -> {});

    /** By the id of the lease, as agents write it. */
    @GuardedBy("this")
    private final Map<String, Trace> open = new Bounded<>(MOST, trace -> trace.root.end());

    @GuardedBy("this")
    private final List<Trace> planned = new ArrayList<>();

    @GuardedBy("this")
    private Instant planning = Instant.EPOCH;

    /** A session on its way. */
    private static final class Trace {
        final Span root;
        final MesosAgentId host;

        /** When it was requested, then when STS answered, then when it was sent. */
        Instant last;

        @Nullable
        Instant sent;

        boolean applied;
        boolean written;

        Trace(Span root, MesosAgentId host, Instant requested) {
            this.root = root;
            this.host = host;
            this.last = requested;
        }
    }

    private ExportedTraces(SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider.get("io.mesosiam");
    }

    static ExportedTraces to(String endpoint, int percent, String version, String controllerId) {
        Attributes about = Attributes.builder()
                .put("service.name", "mesos-iam-controller")
                .put("service.version", version)
                .put("service.instance.id", controllerId)
                .build();
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint)
                .setTimeout(ANSWER_LIMIT)
                .build();
        return new ExportedTraces(SdkTracerProvider.builder()
                .setResource(Resource.create(about))
                .setSampler(Sampler.traceIdRatioBased(percent / 100.0))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setMaxQueueSize(QUEUED_SPANS)
                        .build())
                .build());
    }

    /** The present time; it is never set back. */
    private Instant now() {
        return begun.plusNanos(System.nanoTime() - begunNanos);
    }

    @Override
    public synchronized void arrived(Collection<Launch> touched) {
        Instant now = now();
        touched.forEach(launch -> arrived.put(launch, now));
    }

    @Override
    public synchronized void planning() {
        planning = now();
    }

    @Override
    public synchronized void requested(Lease lease, boolean renewal) {
        Instant event = arrived.getOrDefault(lease.launch(), planning);
        Span root = tracer.spanBuilder("lease")
                .setNoParent()
                .setStartTimestamp(event)
                .setAllAttributes(attributes(lease, renewal))
                .startSpan();
        if (root.isRecording()) {
            Trace trace = new Trace(root, lease.host(), now());
            if (event.isBefore(planning)) {
                child(trace, "mesos.event", event, planning);
            }
            Trace earlier = open.put(lease.id().toString(), trace);
            if (earlier != null) {
                earlier.root.end();
            }
            planned.add(trace);
        }
    }

    private static Attributes attributes(Lease lease, boolean renewal) {
        var task = lease.launch().key();
        return Attributes.builder()
                .put("mesosiam.action", renewal ? "renew" : "issue")
                .put("mesosiam.lease_id", lease.id().toString())
                .put("mesosiam.credential_name", lease.name().value())
                .put("mesosiam.iam_role_arn", lease.role().arn())
                .put("mesosiam.policy_id", lease.policy().toString())
                .put("mesosiam.framework_id", task.framework().toString())
                .put("mesosiam.task_id", task.task().toString())
                .put("mesosiam.mesos_agent_id", task.agent().toString())
                .build();
    }

    @Override
    public synchronized void planned(Launch launch) {
        if (!planned.isEmpty()) {
            Instant now = now();
            planned.forEach(trace -> child(trace, "plan", planning, now));
            planned.clear();
        }
        arrived.remove(launch);
    }

    @Override
    public synchronized void answered(LeaseId lease, SessionOutcome outcome) {
        Trace trace = open.get(lease.toString());
        if (trace != null && trace.sent == null) {
            Instant now = now();
            boolean issued = outcome instanceof SessionOutcome.Issued;
            Span call = begin(trace, "sts.assume_role", trace.last);
            if (!issued) {
                call.setStatus(StatusCode.ERROR);
            }
            call.end(now);
            trace.last = now;
            if (!issued) {
                trace.root.setStatus(StatusCode.ERROR);
                end(lease.toString(), trace, now);
            }
        }
    }

    @Override
    public synchronized Optional<String> sent(Lease lease) {
        Trace trace = open.get(lease.id().toString());
        if (trace == null || trace.sent != null) {
            return Optional.empty();
        }
        Instant now = now();
        child(trace, "push", trace.last, now);
        trace.sent = now;
        var context = trace.root.getSpanContext();
        return Optional.of("00-" + context.getTraceId() + "-" + context.getSpanId() + "-01");
    }

    @Override
    public synchronized void written(LeaseId lease, Duration waited) {
        Trace trace = open.get(lease.toString());
        if (trace != null && trace.sent != null && !trace.written) {
            Instant now = now();
            child(trace, "journal", now.minus(waited), now);
            trace.written = true;
            if (trace.applied) {
                open.remove(lease.toString());
            }
        }
    }

    @Override
    public synchronized void applied(MesosAgentId host, String lease) {
        Trace trace = open.get(lease);
        if (trace != null && trace.sent != null && !trace.applied && trace.host.equals(host)) {
            Instant now = now();
            child(trace, "ack", trace.sent, now);
            trace.applied = true;
            trace.root.end(now);
            if (trace.written) {
                open.remove(lease);
            }
        }
    }

    @Override
    public synchronized void ended(LeaseId lease) {
        Trace trace = open.get(lease.toString());
        if (trace != null) {
            end(lease.toString(), trace, now());
        }
    }

    @GuardedBy("this")
    private void end(String lease, Trace trace, Instant now) {
        trace.root.end(now);
        open.remove(lease);
    }

    private void child(Trace trace, String name, Instant from, Instant to) {
        begin(trace, name, from).end(to);
    }

    private Span begin(Trace trace, String name, Instant from) {
        return tracer.spanBuilder(name)
                .setParent(Context.root().with(trace.root))
                .setStartTimestamp(from)
                .startSpan();
    }

    /** Sends the spans that wait, for a bounded time. */
    @Override
    public void close() {
        synchronized (this) {
            open.values().forEach(trace -> trace.root.end());
            open.clear();
        }
        var unused = provider.shutdown().join(LAST_EXPORT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
