package io.mesosiam.api.port;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Settings of the API's port. */
@ConfigMapping(prefix = "mesos-iam.api")
public interface ApiConfig {
    /**
     * Whether the API is served with plain HTTP instead of TLS. Only on loopback: with another host the controller
     * doesn't start. Default false.
     */
    @WithDefault("false")
    boolean plainHttp();

    /** The certificate of the API's port, PEM. Default the agents' port's. */
    Optional<Path> certificateFile();

    /** The key of the certificate, PEM, PKCS#8, not encrypted. Default the agents' port's. */
    Optional<Path> keyFile();

    /** The authorities of client certificates, PEM. Default none: no client certificate is asked for. */
    Optional<Path> clientCaFile();
}
