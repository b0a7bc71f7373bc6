package io.mesosiam.agent.redirect;

import static java.util.stream.Collectors.joining;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The rules as text for nft(8): one transaction that replaces the whole table, so there is no moment without it, and
 * applying the same text twice changes nothing.
 */
final class NftRuleset {
    static final String TABLE = "inet mesos_iam";

    private final RedirectRules rules;
    private final StringBuilder text = new StringBuilder();

    private NftRuleset(RedirectRules rules) {
        this.rules = rules;
    }

    static String of(RedirectRules rules) {
        return new NftRuleset(rules).render();
    }

    /** The text that deletes the table; no error if there is none. */
    static String removal() {
        return "add table " + TABLE + "\ndelete table " + TABLE + "\n";
    }

    private String render() {
        text.append(removal());
        text.append("table ").append(TABLE).append(" {\n");
        if (limited()) {
            sources().forEach(this::set);
        }
        // before the address translation of others (dstnat is -100): the first translation of a connection is its only
        // one
        chain("containers", "type nat hook prerouting priority -110", to(a -> true, toAgent()));
        chain("local", "type nat hook output priority -110", local(toAgent()));
        // after translation: packets that still have one of the addresses were not translated
        chain("containers_escaped", "type filter hook forward priority -10", to(a -> true, RESET));
        chain("local_escaped", "type filter hook output priority -10", localEscaped());
        text.append(block("to_port", port().stream()));
        chain(
                "port",
                "type filter hook input priority -10",
                List.of("tcp dport %d jump to_port".formatted(rules.port())));
        // after the host's own firewall, which decides by the real port
        chain("guard", "type filter hook input priority 200", List.of(guard()));
        // before connection tracking, which then assigns a refusal to its connection and translates it back
        chain("guard_replies", "type filter hook output priority -310", guardReplies());
        return text.append("}\n").toString();
    }

    /**
     * Redirects packets for another listener to port 0, on which no socket can listen, so the kernel refuses them. A
     * {@code reject} is not sufficient: if bridged packets pass the packet filter (br_netfilter), its reset leaves by
     * the bridge's port without translation, and the container ignores it. Packets of a half-open or a just closed
     * connection have no full socket and are not compared.
     */
    private String guard() {
        return "tcp dport %d ct direction original socket mark != 0x%08x tcp dport set 0"
                .formatted(rules.port(), RedirectRules.MARK);
    }

    /**
     * Restores the port of the refusal, and prevents a listener without the mark from completing a connection, however
     * its packet arrived.
     */
    private List<String> guardReplies() {
        return List.of(
                "tcp sport 0 tcp flags & rst == rst tcp sport set %d".formatted(rules.port()),
                "tcp sport %d tcp flags & (syn | ack) == (syn | ack) meta mark != 0x%08x drop"
                        .formatted(rules.port(), RedirectRules.MARK));
    }

    private static final String RESET = "reject with tcp reset";

    private String toAgent() {
        return "redirect to :" + rules.port();
    }

    private List<String> local(String verdict) {
        var lines = new ArrayList<>(to(address -> !address.metadata(), verdict));
        switch (rules.boundary()) {
            case TaskCgroups(var paths) ->
                paths.forEach(path -> lines.addAll(to(ServedAddress::metadata, in(path) + ' ' + verdict)));
            case TaskClasses(var handle) ->
                lines.addAll(to(
                        ServedAddress::metadata,
                        "meta cgroup and 0xffff0000 == 0x%04x0000 %s".formatted(handle, verdict)));
            case HostUsers(var uids) ->
                lines.addAll(to(
                        ServedAddress::metadata,
                        uids.isEmpty()
                                ? verdict
                                : "meta skuid != { %s } %s"
                                        .formatted(
                                                uids.stream()
                                                        .map(Object::toString)
                                                        .collect(joining(", ")),
                                                verdict)));
        }
        return lines;
    }

    /**
     * The connections of a container on the host's network are counted as they go out: packets that arrive by loopback
     * don't show their socket's cgroup. Containers without such a cgroup are not counted here, since a user may be many of
     * them. The agent counts these.
     */
    private List<String> localEscaped() {
        var lines = new ArrayList<>(local(RESET));
        if (limited()) {
            taskCgroups()
                    .forEach(path -> lines.add("fib daddr type local tcp dport %d %s %s %s"
                            .formatted(
                                    rules.port(),
                                    in(path),
                                    overLimit("tasks", "socket cgroupv2 level " + (TaskCgroups.level(path) + 1)),
                                    RESET)));
        }
        return lines;
    }

    private List<String> taskCgroups() {
        return rules.boundary() instanceof TaskCgroups(var paths) ? paths : List.of();
    }

    private static String in(String taskCgroup) {
        return "socket cgroupv2 level %d \"%s\"".formatted(TaskCgroups.level(taskCgroup), taskCgroup);
    }

    private boolean limited() {
        return rules.connectionsPerSource() > 0;
    }

    /** A set of sources with open connections, which the kernel fills. */
    private void set(Source source) {
        text.append("    set ").append(source.set()).append(" {\n");
        text.append("        type ")
                .append(source.type())
                .append("\n        size 65535\n        flags dynamic\n    }\n");
    }

    private List<Source> sources() {
        var sources = new ArrayList<Source>();
        if (!taskCgroups().isEmpty()) {
            sources.add(new Source("tasks", "cgroupsv2"));
        }
        sources.add(new Source("containers4", "ipv4_addr"));
        if (rules.ipv6()) {
            sources.add(new Source("containers6", "ipv6_addr"));
        }
        return sources;
    }

    private String overLimit(String set, String source) {
        return "ct state new add @%s { %s ct count over %d }".formatted(set, source, rules.connectionsPerSource());
    }

    /** Only for packets to the agent's port: no other traffic of the host is compared with these rules. */
    private List<String> port() {
        var lines = new ArrayList<String>();
        lines.add("iif lo return");
        // answers to a connection of the host that had this port while no program listened on it
        lines.add("ct direction reply return");
        if (!rules.uplinks().isEmpty()) {
            lines.add("iifname { %s } drop"
                    .formatted(rules.uplinks().stream()
                            .map(name -> '"' + name + '"')
                            .collect(joining(", "))));
        }
        if (limited()) {
            // a reset would have the bridge's address, and the container would ignore it
            lines.add(overLimit("containers4", "ip saddr") + " drop");
            if (rules.ipv6()) {
                lines.add(overLimit("containers6", "ip6 saddr") + " drop");
            }
        }
        families(address -> true)
                .forEach(family -> lines.add("tcp dport %d ct original %s daddr { %s } ct original proto-dst %d return"
                        .formatted(rules.port(), family.keyword(), family.addresses(), ServedAddress.PORT)));
        lines.add("drop");
        return lines;
    }

    private List<String> to(Predicate<ServedAddress> which, String verdict) {
        return families(which).stream()
                .map(family -> "%s daddr { %s } tcp dport %d %s"
                        .formatted(family.keyword(), family.addresses(), ServedAddress.PORT, verdict))
                .toList();
    }

    private List<Family> families(Predicate<ServedAddress> which) {
        var families = new ArrayList<Family>();
        families.add(new Family("ip", addresses(which.and(a -> !a.ipv6()))));
        if (rules.ipv6()) {
            families.add(new Family("ip6", addresses(which.and(ServedAddress::ipv6))));
        }
        return families;
    }

    private static String addresses(Predicate<ServedAddress> which) {
        return ServedAddress.all().filter(which).map(ServedAddress::text).collect(joining(", "));
    }

    private void chain(String name, String hook, List<String> lines) {
        text.append(block(name, Stream.concat(Stream.of(hook + "; policy accept;"), lines.stream())));
    }

    private static String block(String chain, Stream<String> lines) {
        return lines.map(line -> "        " + line + '\n')
                .collect(joining("", "    chain " + chain + " {\n", "    }\n"));
    }

    private record Family(String keyword, String addresses) {}

    private record Source(String set, String type) {}
}
