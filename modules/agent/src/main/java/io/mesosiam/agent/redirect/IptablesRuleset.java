package io.mesosiam.agent.redirect;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The rules as text for iptables-restore(8), for one address family: separate chains, which {@code --noflush} replaces,
 * and jumps to them from the built-in ones. Existing jumps have to be listed first, because restoring adds a jump each
 * time.
 */
final class IptablesRuleset {
    /** A jump from a built-in chain to one of the agent's. */
    record Jump(String table, String from, String to) {}

    static final List<Jump> JUMPS = List.of(
            new Jump("nat", "PREROUTING", "MESOS_IAM_CONTAINERS"),
            new Jump("nat", "OUTPUT", "MESOS_IAM_LOCAL"),
            new Jump("filter", "FORWARD", "MESOS_IAM_CONT_ESC"),
            new Jump("filter", "OUTPUT", "MESOS_IAM_LOCAL_ESC"),
            new Jump("filter", "INPUT", "MESOS_IAM_PORT"),
            new Jump("mangle", "INPUT", "MESOS_IAM_MARK"),
            new Jump("raw", "OUTPUT", "MESOS_IAM_REPLY"));

    private static final List<String> TABLES = List.of("mangle", "raw", "nat", "filter");

    /** The xt_recent list of sources whose connections another listener would recently have received. */
    private static final String REFUSED = "MESOS_IAM_REFUSED";

    /** Longer than the second after which a caller repeats a packet without an answer. */
    private static final int REFUSED_SECONDS = 3;

    private final RedirectRules rules;
    private final boolean ipv6;

    private IptablesRuleset(RedirectRules rules, boolean ipv6) {
        this.rules = rules;
        this.ipv6 = ipv6;
    }

    /**
     * The text for one family.
     *
     * @param missing the jumps that don't exist yet
     */
    static String of(RedirectRules rules, boolean ipv6, List<Jump> missing) {
        return new IptablesRuleset(rules, ipv6).render(missing);
    }

    /**
     * The text that removes chains and jumps. It may name only existing ones, since one line about a missing one makes
     * the whole text fail.
     */
    static String removal(List<Jump> present, List<Jump> chains) {
        var text = new StringBuilder();
        for (var table : TABLES) {
            text.append('*').append(table).append('\n');
            present.stream()
                    .filter(jump -> jump.table().equals(table))
                    .forEach(jump -> text.append("-D %s -j %s\n".formatted(jump.from(), jump.to())));
            chains.stream()
                    .filter(jump -> jump.table().equals(table))
                    .forEach(jump -> text.append("-F %s\n-X %s\n".formatted(jump.to(), jump.to())));
            text.append("COMMIT\n");
        }
        return text.toString();
    }

    private String render(List<Jump> missing) {
        var toAgent = "-j REDIRECT --to-ports " + rules.port();
        var reset = "-j REJECT --reject-with tcp-reset";
        var text = new StringBuilder();
        table(text, "mangle", missing, List.of(mark()));
        table(text, "raw", missing, List.of(replies()));
        table(text, "nat", missing, List.of(containers(toAgent), local(toAgent)));
        table(text, "filter", missing, List.of(to(a -> true, reset), local(reset), port()));
        return text.toString();
    }

    private static void table(StringBuilder text, String table, List<Jump> missing, List<List<String>> chains) {
        var jumps = JUMPS.stream().filter(jump -> jump.table().equals(table)).toList();
        text.append('*').append(table).append('\n');
        jumps.forEach(jump -> text.append(':').append(jump.to()).append(" - [0:0]\n"));
        for (int i = 0; i < jumps.size(); i++) {
            var chain = jumps.get(i).to();
            chains.get(i).forEach(rule -> text.append("-A ")
                    .append(chain)
                    .append(' ')
                    .append(rule)
                    .append('\n'));
        }
        jumps.stream()
                .filter(missing::contains)
                .forEach(jump -> text.append("-I %s 1 -j %s\n".formatted(jump.from(), jump.to())));
        text.append("COMMIT\n");
    }

    /**
     * If bridged packets pass the packet filter (br_netfilter), the guard's reset is sent without translation, and the
     * container ignores it. The container repeats its packet a second later; that one is redirected to port 0, on which
     * no socket can listen, so the kernel refuses it.
     */
    private List<String> containers(String verdict) {
        var lines = new ArrayList<>(to(
                a -> true,
                "-m recent --name %s --rsource --rcheck --seconds %d -j REDIRECT --to-ports 0"
                        .formatted(refused(), REFUSED_SECONDS)));
        lines.addAll(to(a -> true, verdict));
        return lines;
    }

    /**
     * Sets the mark that the guard compares for a packet without a full socket, as of a half-open or a just closed
     * connection.
     */
    private List<String> mark() {
        return List.of("-p tcp -m tcp --dport %d -m conntrack --ctdir ORIGINAL -j MARK --set-mark 0x%x"
                .formatted(rules.port(), RedirectRules.MARK));
    }

    /**
     * Compares the mark of the socket that would get the packet. Every socket except the agent's looks like a closed
     * port.
     */
    private List<String> guard() {
        var foreign =
                "-p tcp -m tcp --dport %d -m conntrack --ctdir ORIGINAL -m socket --nowildcard --restore-skmark -m mark ! --mark 0x%x"
                        .formatted(rules.port(), RedirectRules.MARK);
        var reset = "-j REJECT --reject-with tcp-reset";
        return List.of(
                "%s ! -i lo -m recent --name %s --rsource --set %s".formatted(foreign, refused(), reset),
                foreign + " " + reset);
    }

    /** Prevents a listener without the mark from completing a connection, however its packet arrived. */
    private List<String> replies() {
        return List.of("-p tcp -m tcp --sport %d --tcp-flags SYN,ACK SYN,ACK -m mark ! --mark 0x%x -j DROP"
                .formatted(rules.port(), RedirectRules.MARK));
    }

    /** The kernel keeps one list per name, for one address family. */
    private String refused() {
        return ipv6 ? REFUSED + "_6" : REFUSED;
    }

    private List<String> local(String verdict) {
        var lines = new ArrayList<>(to(address -> !address.metadata(), verdict));
        switch (rules.boundary()) {
            case TaskCgroups(var paths) ->
                paths.forEach(path -> lines.addAll(to(
                        ServedAddress::metadata,
                        "-m cgroup --path %s %s".formatted(TaskCgroups.inHierarchy(path), verdict))));
            // this match takes a whole class id, without a mask
            case TaskClasses ignored -> lines.addAll(to(ServedAddress::metadata, verdict));
            case HostUsers(var uids) -> {
                uids.forEach(uid ->
                        lines.addAll(to(ServedAddress::metadata, "-m owner --uid-owner %d -j RETURN".formatted(uid))));
                lines.addAll(to(ServedAddress::metadata, verdict));
            }
        }
        return lines;
    }

    private List<String> port() {
        var lines = new ArrayList<>(guard());
        lines.add("-i lo -j RETURN");
        lines.add("-p tcp -m tcp --dport %d -m conntrack --ctdir REPLY -j RETURN".formatted(rules.port()));
        rules.uplinks()
                .forEach(uplink -> lines.add("-i %s -p tcp -m tcp --dport %d -j DROP".formatted(uplink, rules.port())));
        // callers on the host's network arrive by lo with one address, so they can't be counted separately here
        if (rules.connectionsPerSource() > 0) {
            lines.add(
                    "-p tcp -m tcp --dport %d --syn -m connlimit --connlimit-above %d --connlimit-mask %d --connlimit-saddr -j DROP"
                            .formatted(rules.port(), rules.connectionsPerSource(), ipv6 ? 128 : 32));
        }
        served(address -> true)
                .forEach(address ->
                        lines.add("-p tcp -m tcp --dport %d -m conntrack --ctorigdst %s --ctorigdstport %d -j RETURN"
                                .formatted(rules.port(), address, ServedAddress.PORT)));
        lines.add("-p tcp -m tcp --dport %d -j DROP".formatted(rules.port()));
        return lines;
    }

    private List<String> to(Predicate<ServedAddress> which, String rest) {
        return served(which)
                .map(address -> "-d %s -p tcp -m tcp --dport %d %s".formatted(address, ServedAddress.PORT, rest))
                .toList();
    }

    private Stream<String> served(Predicate<ServedAddress> which) {
        return ServedAddress.all().filter(which).filter(a -> a.ipv6() == ipv6).map(ServedAddress::text);
    }
}
