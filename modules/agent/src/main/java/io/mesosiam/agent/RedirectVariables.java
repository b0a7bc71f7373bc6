package io.mesosiam.agent;

import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import io.mesosiam.agent.redirect.RedirectSettings;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;

/** Reads what the operator says about the redirect; {@code rules} needs nothing but this. */
final class RedirectVariables {
    static final String PORT = "51679";

    private RedirectVariables() {}

    /** Whether the agent puts the rules in, and keeps them. */
    static boolean on(Variables in) {
        return in.on("REDIRECT", "off");
    }

    /** @param cgroupsRoot where tasks live if no other cgroups are named */
    static RedirectSettings settings(Variables in, int port, String cgroupsRoot) {
        List<String> cgroups = in.list("REDIRECT_CGROUPS", "", RedirectVariables::cgroup);
        if (in.text("REDIRECT_CGROUPS").isEmpty()) {
            // the line of a wrong one names the variable that was set
            cgroups = in.parse("CGROUPS_ROOT", cgroupsRoot, RedirectVariables::cgroup).stream()
                    .toList();
        }
        OptionalInt handle =
                in.value("REDIRECT_NET_CLS_HANDLE", "none", RedirectVariables::handle, OptionalInt.empty());
        List<Integer> uids = in.list("REDIRECT_HOST_UIDS", "", Integer::parseUnsignedInt);
        int connections = in.value(
                "CONNECTIONS_PER_SOURCE",
                String.valueOf(RedirectSettings.CONNECTIONS_PER_SOURCE),
                Integer::parseUnsignedInt,
                RedirectSettings.CONNECTIONS_PER_SOURCE);
        boolean translated = in.on("TRANSLATED_SOURCES", "off");
        // where all were wrong, nothing starts: anything does for the rest of the check
        return new RedirectSettings(
                port,
                cgroups.isEmpty() ? List.of("mesos") : cgroups,
                handle,
                new TreeSet<>(uids),
                connections,
                translated,
                RedirectSettings.CHECK_EVERY);
    }

    private static String cgroup(String text) {
        return new TaskCgroups(List.of(text)).paths().getFirst();
    }

    private static OptionalInt handle(String text) {
        return text.equals("none")
                ? OptionalInt.empty()
                : OptionalInt.of(new TaskClasses(Integer.decode(text)).handle());
    }
}
