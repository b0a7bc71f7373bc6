package io.mesosiam.channel;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The id of a controller, in the table of agents and in the audit trail. */
public final class ControllerHost {
    private ControllerHost() {}

    /** The configured id, else the host name of the machine. */
    public static String name(ChannelConfig config) {
        return config.controllerId().orElseGet(ControllerHost::machine);
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unnamed";
        }
    }
}
