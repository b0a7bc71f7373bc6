package io.mesosiam.agent.redirect;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Uplinks that are bridges with virtual ports, such as containers' veths. The rules drop what comes in by an uplink, so these containers'
 * connections are dropped. Layout: the kernel's Documentation/ABI/testing/sysfs-class-net and bridge.
 */
final class BridgedUplinks {
    private BridgedUplinks() {}

    /** @param net {@code /sys/class/net}, of the network namespace that it was mounted in */
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

    /** A port that has hardware behind it links to its device. */
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
