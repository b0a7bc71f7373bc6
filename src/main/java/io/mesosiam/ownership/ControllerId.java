package io.mesosiam.ownership;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** The id of a controller, in the table of agents and in the audit trail. */
public record ControllerId(String value) {
    /** The configured id, else the host name of the machine. */
    public static ControllerId of(Optional<String> configured) {
        return new ControllerId(configured.orElseGet(ControllerId::machine));
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unnamed";
        }
    }
}
