package io.mesosiam.channel;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What a controller calls itself, in the table of agents and in the audit trail. */
public final class ControllerHost {
    private ControllerHost() {}

    /** As it is set, else the name of its machine. */
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
