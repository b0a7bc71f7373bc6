package io.mesosiam.mesos.master;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings for the Mesos masters and the cluster watch. */
@ConfigMapping(prefix = "mesos-iam.mesos")
public interface MesosConfig {
    /** Every master as {@code http://host:port} or {@code https://host:port}. The leader is one of them. */
    @WithDefault("http://127.0.0.1:5050")
    List<URI> masters();

    /**
     * Maps an advertised name ({@code host:port} or {@code host}, as a master writes it in a redirect) to the URL at
     * which the master is reached. Needed if the masters advertise other names than those in {@link #masters()}.
     */
    Map<String, URI> aliases();

    /**
     * The same as {@link #aliases()} in one value, as a list of {@code advertised=URL}, for environment variables,
     * whose names can't contain the dots and colons of a host.
     */
    Optional<List<String>> alias();

    /** Principal for HTTP Basic authentication; empty if the masters require none. */
    Optional<String> principal();

    /** File with the principal's secret, without a trailing newline. It is read for each request. */
    Optional<Path> secretFile();

    /**
     * PEM bundle of the authorities that sign the masters' certificates; empty for the JDK's own. It is read again every
     * second.
     */
    Optional<Path> caFile();

    /** PEM file with this controller's certificate for masters that ask for one, with {@link #keyFile()}. Read again like {@link #caFile()}. */
    Optional<Path> certificateFile();

    /** PEM file with that certificate's key, PKCS#8, not encrypted. */
    Optional<Path> keyFile();

    /** Whether to follow the operator stream where the masters offer it ({@code auto}), or to poll only. */
    @WithDefault("auto")
    StreamMode stream();

    /**
     * Interval between polls of {@code /state} while the stream is connected; at least 20 times the duration of the
     * last response.
     */
    @WithDefault("PT60S")
    Duration pollInterval();

    /** Interval between polls while there is no stream; at least 2 s. */
    @WithDefault("PT2S")
    Duration pollAloneInterval();

    /** Time limit for opening a TCP and TLS connection. */
    @WithDefault("PT5S")
    Duration connectTimeout();

    /** Time limit for the response headers, and then for the longest pause within the body. */
    @WithDefault("PT30S")
    Duration readTimeout();

    /** Number of consecutive missed heartbeats after which the stream counts as lost. */
    @WithDefault("5")
    int heartbeatMisses();

    /**
     * Maximum size in bytes of a response that lists the cluster: SUBSCRIBED and {@code /state}. A task needs about 1.5
     * KB.
     */
    @WithDefault("1073741824")
    long maxSnapshotBytes();

    /** Maximum size in bytes of any other record or response. */
    @WithDefault("16777216")
    long maxRecordBytes();

    /** Whether the operator stream is used. */
    enum StreamMode {
        AUTO,
        OFF
    }
}
