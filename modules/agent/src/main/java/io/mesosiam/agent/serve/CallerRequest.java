package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.serve.ParsedRequest.Valid;

/**
 * A valid request of a caller.
 *
 * @param arrivedNanos when it was complete, as {@link System#nanoTime}
 */
record CallerRequest(Caller caller, Valid parsed, long arrivedNanos) {}
