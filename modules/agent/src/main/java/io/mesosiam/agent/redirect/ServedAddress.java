package io.mesosiam.agent.redirect;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses, each at TCP port 80, at which AWS SDKs look for credentials by default.
 *
 * <p>Sources: the ECS task metadata endpoint, the EKS Pod Identity agent's two addresses, and the EC2 instance metadata
 * service's two, all from AWS's documentation.
 */
public enum ServedAddress {
    ECS("169.254.170.2", false),
    EKS("169.254.170.23", false),
    EKS_6("fd00:ec2::23", false),
    IMDS("169.254.169.254", true),
    IMDS_6("fd00:ec2::254", true);

    /** The port of all addresses; all use plain HTTP. */
    public static final int PORT = 80;

    private final InetAddress address;
    private final String text;
    private final boolean metadata;

    ServedAddress(String text, boolean metadata) {
        this.text = text;
        this.address = InetAddress.ofLiteral(text);
        this.metadata = metadata;
    }

    /** Whether a real instance metadata service answers there, which the host's own processes may need. */
    boolean metadata() {
        return metadata;
    }

    boolean ipv6() {
        return text.indexOf(':') >= 0;
    }

    /** The address as the rules contain it. */
    String text() {
        return text;
    }

    static Stream<ServedAddress> all() {
        return Arrays.stream(values());
    }

    /** The destinations of the connections that the rules redirect to the agent. */
    public static List<InetSocketAddress> destinations() {
        return all().map(served -> new InetSocketAddress(served.address, PORT)).toList();
    }

    /** Whether the rules redirect connections to this destination to the agent. */
    public static boolean serves(InetSocketAddress destination) {
        return destination.getPort() == PORT
                && all().anyMatch(served -> served.address.equals(destination.getAddress()));
    }
}
