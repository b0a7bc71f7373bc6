package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;

/**
 * The two ends of one connection as the agent's own socket sees them.
 *
 * @param remote the asking end
 * @param local the agent's end
 */
public record Caller(InetSocketAddress remote, InetSocketAddress local) {}
