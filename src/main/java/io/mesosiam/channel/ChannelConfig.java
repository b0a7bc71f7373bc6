package io.mesosiam.channel;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where agents connect, and what a stream may cost. */
@ConfigMapping(prefix = "mesos-iam.channel")
public interface ChannelConfig {
    /** The address that the channel listens on. */
    @WithDefault("0.0.0.0")
    String host();

    /** The port that the channel listens on; 0 lets the system choose. */
    @WithDefault("8443")
    int port();

    /** PEM file with the controller's certificate and its intermediates. Required. */
    Optional<Path> certificateFile();

    /** PEM file with the certificate's key, PKCS#8, not encrypted. Required. */
    Optional<Path> keyFile();

    /** PEM file with the CAs whose certificates agents may come with. Required. */
    Optional<Path> caFile();

    /** What this controller calls itself in the table of agents. By default the name of its host. */
    Optional<String> controllerId();

    /** How long an agent may take from its connection to its hello. */
    @WithDefault("5s")
    Duration helloTimeout();

    /** How often an agent is pinged; one that is silent for four times as long is gone. */
    @WithDefault("10s")
    Duration pingInterval();

    /** How long the database may take to record an agent, before it counts as away. */
    @WithDefault("2s")
    Duration claimTimeout();

    /** How many messages may wait for a slow agent; one more ends its stream, and it starts afresh. */
    @WithDefault("4096")
    int longestQueue();

    /**
     * How many containers one host may report as running, nested ones too, with ids of 128 characters on average; the
     * stream of a host that reports more ends. Raise it for hosts that run more.
     */
    @WithDefault("4096")
    int containersPerHost();
}
