package io.mesosiam.agent.sdk;

import java.time.Duration;

/**
 * What a trial came to.
 *
 * @param result one word or two that docs/sdks.md explains
 * @param asks how often the agent was asked in the fetch that the trial is about
 * @param took how long the SDK took for it
 * @param error what the SDK said if it got nothing
 */
record Outcome(String result, int asks, Duration took, String error) {}
