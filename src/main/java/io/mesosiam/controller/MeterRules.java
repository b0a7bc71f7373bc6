package io.mesosiam.controller;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;

/**
 * Adjusts the metrics of libraries: adds missing help texts, and drops gauges that are registered more than
 * once.
 */
@Singleton
final class MeterRules implements MeterFilter {
    /**
     * {@code sql.pool.queue.size} and {@code sql.pool.active} show the same values as the first two, once. The last would
     * count the connections of one of the controller's ports.
     */
    private static final Set<String> REGISTERED_TWICE =
            Set.of("postgresql.queue.size", "postgresql.current", "http.server.active.connections");

    private static final Map<String, String> HELP = Map.ofEntries(
            Map.entry("http.server.errors", "HTTP requests that failed"),
            Map.entry("http.server.active.requests", "HTTP requests being answered"),
            Map.entry("netty.allocator.memory.used", "Memory that the allocator holds, in bytes"),
            Map.entry("netty.allocator.memory.pinned", "Memory of the allocator that buffers in use occupy, in bytes"),
            Map.entry("netty.allocator.pooled.arenas", "Arenas of the pooled allocator"),
            Map.entry("netty.allocator.pooled.cache.size", "Size of the pooled allocator's caches, in bytes"),
            Map.entry("netty.allocator.pooled.chunk.size", "Size of the pooled allocator's chunks, in bytes"),
            Map.entry("netty.allocator.pooled.threadlocal.caches", "Thread-local caches of the pooled allocator"),
            Map.entry("netty.eventexecutor.tasks.pending", "Tasks that wait for an event loop"),
            Map.entry("netty.eventexecutor.workers", "Event loops"));

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        return REGISTERED_TWICE.contains(id.getName()) ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }

    @Override
    public Meter.Id map(Meter.Id id) {
        String known = id.getDescription();
        String help = HELP.get(id.getName());
        return help == null || (known != null && !known.isBlank())
                ? id
                : new Meter.Id(id.getName(), Tags.of(id.getTags()), id.getBaseUnit(), help, id.getType());
    }
}
