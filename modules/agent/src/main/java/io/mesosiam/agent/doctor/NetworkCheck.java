package io.mesosiam.agent.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mesosiam.agent.redirect.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds containers whose packets bypass the host's packet filter. macvlan, ipvlan and devices that were moved into a
 * container (SR-IOV, vlan) have their own way to the network: the rules can neither redirect nor block what is sent
 * there.
 */
public record NetworkCheck(Path proc, String cgroupsRoot) implements Check {
    /** Devices that lead to the host or nowhere. All others, known or not, count as a bypass. */
    private static final Set<String> BY_THE_HOST = Set.of(
            "veth", "dummy", "tun", "ifb", "bridge", "nlmon", "sit", "ipip", "gre", "gretap", "erspan", "ip6tnl",
            "ip6gre", "vti", "vti6");

    @Override
    public List<Finding> findings() {
        var nsenter = Tool.installed("nsenter");
        if (nsenter.isEmpty() || Tool.installed("ip").isEmpty()) {
            return List.of(Finding.warning(
                    "network", "the containers' networks are not known", "install iproute2 and util-linux"));
        }
        try {
            var findings = new ArrayList<Finding>();
            var looked = new HashSet<Path>(Set.of(network("self")));
            for (var process : TaskProcesses.find(proc, cgroupsRoot).entrySet()) {
                var pid = Long.toString(process.getValue());
                if (looked.add(network(pid))) {
                    var links =
                            nsenter.get().run("", "--target", pid, "--net", "ip", "-json", "-details", "link", "show");
                    if (links.ok()) {
                        unprotected(links.out()).forEach(link -> findings.add(finding(process.getKey(), link)));
                    }
                }
            }
            return findings.isEmpty()
                    ? List.of(Finding.ok("network", "every container's packets pass the host's packet filter"))
                    : findings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Finding finding(String container, Link link) {
        return Finding.failure(
                "network",
                "unprotected: container %s has the %s device %s, which the rules don't see"
                        .formatted(container, link.kind(), link.name()),
                "use a bridge or ptp network, or block 169.254.169.254 and fd00:ec2::254 where that network leaves the host");
    }

    private Path network(String process) throws IOException {
        return Files.readSymbolicLink(proc.resolve(process).resolve("ns/net"));
    }

    /** A device that bypasses the host. */
    record Link(String name, String kind) {}

    /**
     * Parses the output of {@code ip -json -details link}: an array of links with {@code ifname}, {@code link_type},
     * {@code linkinfo}.
     */
    static List<Link> unprotected(String json) throws IOException {
        var links = new ArrayList<Link>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            String name = "";
            String kind = "physical";
            boolean loopback = false;
            int depth = 0;
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT && depth++ == 0) {
                    name = "";
                    kind = "physical";
                    loopback = false;
                } else if (token == JsonToken.END_OBJECT && --depth == 0) {
                    if (!loopback && !name.isEmpty() && !BY_THE_HOST.contains(kind)) {
                        links.add(new Link(name, kind));
                    }
                } else if (token == JsonToken.VALUE_STRING) {
                    switch (parser.currentName()) {
                        case "ifname" -> name = depth == 1 ? parser.getText() : name;
                        case "link_type" ->
                            loopback |= depth == 1 && parser.getText().equals("loopback");
                        case "info_kind" -> kind = parser.getText();
                        case null, default -> {}
                    }
                }
            }
        }
        return links;
    }
}
