package io.mesosiam.agent.sdk;

import java.time.Duration;

/**
 * The outcome of a trial.
 *
 * @param result a short name that docs/sdks.md explains
 * @param asks number of requests to the agent in the fetch of the trial
 * @param took how long the SDK took for it
 * @param error error of the SDK if it got no credentials
 */
record Outcome(String result, int asks, Duration took, String error) {}
