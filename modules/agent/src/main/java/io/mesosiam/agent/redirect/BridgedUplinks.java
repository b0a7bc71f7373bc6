package io.mesosiam.agent.redirect;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds uplinks that are bridges with virtual ports, such as containers' veths. The rules drop packets that arrive by
 * an uplink, so these containers' connections are dropped. Layout: the kernel's
 * Documentation/ABI/testing/sysfs-class-net and bridge.
 */
final class BridgedUplinks {
    private BridgedUplinks() {}

    /** @param net {@code /sys/class/net} of the network namespace in which it was mounted */
    static SortedSet<String> among(SortedSet<String> uplinks, Path net) throws IOException {
        var bridged = new TreeSet<String>();
        for (var uplink : uplinks) {
            var ports = net.resolve(uplink).resolve("brif");
            if (Files.isDirectory(ports) && hasVirtualPort(ports, net)) {
                bridged.add(uplink);
            }
        }
        return bridged;
    }

    /** Whether a port of a bridge is virtual. A port of a hardware device has a link to the device. */
    private static boolean hasVirtualPort(Path ports, Path net) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(ports)) {
            for (var port : all) {
                if (!Files.exists(net.resolve(port.getFileName()).resolve("device"))) {
                    return true;
                }
            }
            return false;
        }
    }
}
