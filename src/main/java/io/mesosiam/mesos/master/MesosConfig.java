package io.mesosiam.mesos.master;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the Mesos masters are reached and how closely they are watched. */
@ConfigMapping(prefix = "mesos-iam.mesos")
public interface MesosConfig {
    /** Every master, as {@code http://host:port} or {@code https://host:port}; the leader is found among them. */
    @WithDefault("http://127.0.0.1:5050")
    List<URI> masters();

    /**
     * Where an advertised name leads: {@code host:port} or {@code host}, as a master writes it into a redirect, to the
     * URL it is reached at. Needed where the masters advertise other names than {@link #masters()} has.
     */
    Map<String, URI> aliases();

    /**
     * The same as {@link #aliases()} in one value, {@code advertised=URL} each, for environment variables: their names
     * can't have the dots and colons of a host's.
     */
    Optional<List<String>> alias();

    /** Whom we authenticate as, by HTTP Basic; empty where the masters ask for nobody. */
    Optional<String> principal();

    /** The file with the principal's secret, less a trailing newline; read again when it changes. */
    Optional<Path> secretFile();

    /** PEM bundle of the authorities that may have signed the masters' certificates; empty for the JDK's own. */
    Optional<Path> caFile();

    /** Whether to follow the operator stream ({@code auto}: where the masters offer it) or to poll alone. */
    @WithDefault("auto")
    StreamMode stream();

    /** Time from one look at {@code /state} to the next beside a live stream; 20 times the last answer's if longer. */
    @WithDefault("PT60S")
    Duration pollInterval();

    /** The same while there is no stream; at least 2 s. */
    @WithDefault("PT2S")
    Duration pollAloneInterval();

    /** How long a TCP and TLS connection may take. */
    @WithDefault("PT5S")
    Duration connectTimeout();

    /** How long the head of an answer may take, and then any two of its bytes. */
    @WithDefault("PT30S")
    Duration readTimeout();

    /** After how many heartbeats that didn't come the stream counts as lost. */
    @WithDefault("5")
    int heartbeatMisses();

    /** Largest answer that lists the cluster, in bytes: SUBSCRIBED and {@code /state}; about 1.5 KB a task. */
    @WithDefault("1073741824")
    long maxSnapshotBytes();

    /** Largest other record or answer, in bytes. */
    @WithDefault("16777216")
    long maxRecordBytes();

    /** Whether the operator stream is followed. */
    enum StreamMode {
        AUTO,
        OFF
    }
}
