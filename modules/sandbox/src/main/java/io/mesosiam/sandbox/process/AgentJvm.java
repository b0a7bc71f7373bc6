package io.mesosiam.sandbox.process;

import java.util.List;

/**
 * JVM flags of the agent. docker/agent.Dockerfile and packaging/jar.conf have the same; docs/agent.md explains them.
 */
public final class AgentJvm {
    /** All flags, in order. */
    public static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xms4m",
            "-Xmx32m",
            "-Xss256k",
            "-XX:-UsePerfData",
            "-XX:ReservedCodeCacheSize=16m",
            "-XX:MaxMetaspaceSize=48m",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError");

    private AgentJvm() {}
}
