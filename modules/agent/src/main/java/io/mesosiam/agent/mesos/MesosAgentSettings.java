package io.mesosiam.agent.mesos;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The address of the Mesos agent, and how the peer is verified to be the Mesos agent.
 *
 * @param address {@code http://host:port} or {@code https://host:port}; without TLS an address of this host
 * @param ca PEM file with the CA certificates of its certificate; required with {@code https}
 * @param credential file with the principal and its secret for HTTP Basic, in Mesos's own format
 * @param user without TLS: the id of the user that the Mesos agent runs as
 * @param unit without TLS: the systemd unit that it runs in
 */
public record MesosAgentSettings(
        URI address, Optional<Path> ca, Optional<Path> credential, long user, Optional<SystemdUnit> unit) {
    /** Mesos's default. */
    public static final int DEFAULT_PORT = 5051;

    public MesosAgentSettings {
        if (address.getHost() == null
                || address.getRawQuery() != null
                || address.getRawFragment() != null
                || address.getRawUserInfo() != null
                || !(address.getRawPath().isEmpty() || address.getRawPath().equals("/"))) {
            throw new IllegalArgumentException("must be http://host:port or https://host:port");
        }
        boolean tls = "https".equals(address.getScheme());
        if (!tls && !"http".equals(address.getScheme())) {
            throw new IllegalArgumentException("must be http://host:port or https://host:port");
        }
        if (tls && ca.isEmpty()) {
            throw new IllegalArgumentException("needs the CA of the Mesos agent's certificate with https");
        }
    }

    boolean tls() {
        return ca.isPresent() && address.getScheme().equals("https");
    }

    int port() {
        return address.getPort() < 0 ? DEFAULT_PORT : address.getPort();
    }

    /** The host without the brackets of an IPv6 address. */
    String host() {
        String host = address.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
