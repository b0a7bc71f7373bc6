package io.mesosiam.agent.redirect;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The addresses, each at port 80 of TCP, at which AWS SDKs look for credentials without being told.
 *
 * <p>Sources: the ECS task metadata endpoint, the EKS Pod Identity agent's two addresses, and the EC2 instance metadata service's two, all
 * from AWS's documentation.
 */
public enum ServedAddress {
    ECS("169.254.170.2", false),
    EKS("169.254.170.23", false),
    EKS_6("fd00:ec2::23", false),
    IMDS("169.254.169.254", true),
    IMDS_6("fd00:ec2::254", true);

    /** All of them are plain HTTP. */
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

    /** As the rules spell it. */
    String text() {
        return text;
    }

    static Stream<ServedAddress> all() {
        return Arrays.stream(values());
    }

    /** Whether a connection that was opened to there is one that the rules lead to the agent. */
    public static boolean serves(InetSocketAddress destination) {
        return destination.getPort() == PORT
                && all().anyMatch(served -> served.address.equals(destination.getAddress()));
    }
}
