/**
 * Who is asking? In: one connection's two ends. Out: the container at the other one with its start time, or why that can't be told;
 * and which containers run. Refuses to know tasks, leases and policy, and what a caller says about itself: it takes the kernel's
 * word only. {@code docs/attestation.md} names each fact, its race and what closes it.
 */
@NullMarked
package io.mesosiam.agent.attest;

import org.jspecify.annotations.NullMarked;
