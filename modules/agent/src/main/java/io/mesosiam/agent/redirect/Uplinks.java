package io.mesosiam.agent.redirect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The interfaces of this host's default routes, from the kernel's tables (proc(5): net/route, net/ipv6_route). */
final class Uplinks {
    private Uplinks() {}

    static SortedSet<String> read(Path procNet) throws IOException {
        return parse(lines(procNet.resolve("route")), lines(procNet.resolve("ipv6_route")));
    }

    static SortedSet<String> parse(List<String> route, List<String> ipv6Route) {
        var uplinks = new TreeSet<String>();
        for (var line : route) {
            // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
            var field = line.strip().split("\\s+", -1);
            if (field.length >= 8 && field[1].equals("00000000") && field[7].equals("00000000")) {
                uplinks.add(field[0]);
            }
        }
        for (var line : ipv6Route) {
            // destination prefix source prefix gateway metric refs use flags device
            var field = line.strip().split("\\s+", -1);
            if (field.length >= 10 && field[0].matches("0{32}") && field[1].equals("00")) {
                uplinks.add(field[9]);
            }
        }
        // the route that rejects packets without another route
        uplinks.remove("lo");
        return uplinks;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
