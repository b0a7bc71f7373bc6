/**
 * Real AWS SDKs as clients of the real agent: a host with containers, the ways in which an SDK finds the agent, and what is tried with each.
 * docs/sdks.md has the results.
 */
@NullMarked
package io.mesosiam.agent.sdk;

import org.jspecify.annotations.NullMarked;
