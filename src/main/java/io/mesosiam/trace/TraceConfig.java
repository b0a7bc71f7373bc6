package io.mesosiam.trace;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Optional;

/** Settings of traces. */
@ConfigMapping(prefix = "mesos-iam.trace")
public interface TraceConfig {
    /** Where traces are sent: the URL of a receiver of OTLP over HTTP. Default none: nothing is traced. */
    Optional<URI> endpoint();

    /** The part of the leases that is traced, in percent. Default 100. */
    @WithDefault("100")
    int percent();
}
