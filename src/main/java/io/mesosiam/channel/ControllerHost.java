package io.mesosiam.channel;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What this machine calls itself. */
final class ControllerHost {
    private ControllerHost() {}

    static String name() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unnamed";
        }
    }
}
