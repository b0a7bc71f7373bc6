package io.mesosiam.audit;

import java.net.URI;
import java.net.URISyntaxException;

/** The form of a syslog's address: {@code udp://host:port} or {@code tcp://host:port}. */
public final class SyslogAddress {
    private static final int HIGHEST_PORT = 65_535;

    private SyslogAddress() {}

    /** Whether events can be sent to this address. */
    public static boolean isUsable(String address) {
        try {
            return isUsable(new URI(address));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static boolean isUsable(URI address) {
        return ("udp".equals(address.getScheme()) || "tcp".equals(address.getScheme()))
                && address.getHost() != null
                && address.getPort() > 0
                && address.getPort() <= HIGHEST_PORT
                && address.getRawUserInfo() == null
                && address.getRawPath() != null
                && address.getRawPath().isEmpty()
                && address.getRawQuery() == null
                && address.getRawFragment() == null;
    }
}
