package io.mesosiam.channel;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of the listener for agents, and limits of a stream. */
@ConfigMapping(prefix = "mesos-iam.channel")
public interface ChannelConfig {
    /** The address that the channel listens on. */
    @WithDefault("0.0.0.0")
    String host();

    /** The port that the channel listens on; 0 lets the system choose. */
    @WithDefault("8443")
    int port();

    /** PEM file with the controller's certificate and its intermediates. Required. Read again every 10 s. */
    Optional<Path> certificateFile();

    /** PEM file with the certificate's key, PKCS#8, not encrypted. Required. Read again every 10 s. */
    Optional<Path> keyFile();

    /** PEM file with the CAs of the agents' certificates. Required. Read again every 10 s. */
    Optional<Path> caFile();

    /** The form of agents' SPIFFE ids: {@code spiffe://example.org/mesos/{host}}. Without it, SPIFFE ids name no host. */
    Optional<String> spiffeId();

    /** Id of this controller in the table of agents. By default the name of its host. */
    Optional<String> controllerId();

    /** Time limit from an agent's connection to its hello. */
    @WithDefault("5s")
    Duration helloTimeout();

    /** Interval of pings to each agent. A stream on which nothing arrives for four intervals is closed. */
    @WithDefault("10s")
    Duration pingInterval();

    /** Time limit for the database to record an agent; after it the database counts as unavailable. */
    @WithDefault("2s")
    Duration claimTimeout();

    /**
     * Number of messages that may wait for a slow agent. One more ends its stream; the agent then connects again and
     * receives the complete state.
     */
    @WithDefault("4096")
    int longestQueue();

    /**
     * Number of running containers, nested ones included, that one host may report, with ids of 128 characters on
     * average. The stream of a host that reports more is ended. Raise it for hosts that run more.
     */
    @WithDefault("4096")
    int containersPerHost();
}
