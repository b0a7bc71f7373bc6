package io.mesosiam.agent.metrics;

/** A part of the agent that has numbers to tell. */
@FunctionalInterface
public interface MetricSource {
    /** Writes all of them as they are now; called from any thread, at each scrape. */
    void expose(Exposition out);
}
