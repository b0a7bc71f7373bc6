/**
 * Who is asking? In: one connection's addresses. Out: the container at its other end with its start time, or why that
 * can't be told. Knows the kernel only.
 */
@NullMarked
package io.mesosiam.agent.attest;

import org.jspecify.annotations.NullMarked;
