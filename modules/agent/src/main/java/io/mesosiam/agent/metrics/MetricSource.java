package io.mesosiam.agent.metrics;

/** A part of the agent that has metrics. */
@FunctionalInterface
public interface MetricSource {
    /** Writes all current values. Called from any thread, at each scrape. */
    void expose(Exposition out);
}
