package io.mesosiam.agent.config;

import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import io.mesosiam.agent.redirect.RedirectSettings;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;

/** Reads the settings of the redirect. The command {@code rules} needs only these. */
final class RedirectVariables {
    static final String PORT = "51679";

    private RedirectVariables() {}

    /** Whether the agent installs and maintains the rules. */
    static boolean on(Variables in) {
        return in.on("REDIRECT", "off");
    }

    /** @param cgroupsRoot the cgroup of tasks if no other cgroups are set */
    static RedirectSettings settings(Variables in, int port, String cgroupsRoot) {
        List<String> cgroups = in.list("REDIRECT_CGROUPS", "", RedirectVariables::cgroup);
        if (in.text("REDIRECT_CGROUPS").isEmpty()) {
            // a problem is reported for the variable that was set
            cgroups = in.parse("CGROUPS_ROOT", cgroupsRoot, RedirectVariables::cgroup).stream()
                    .toList();
        }
        OptionalInt handle =
                in.value("REDIRECT_NET_CLS_HANDLE", "none", RedirectVariables::handle, OptionalInt.empty());
        boolean docker =
                in.text("DOCKER_SOCKET").filter(text -> !text.equals("none")).isPresent();
        List<Integer> uids = in.list("REDIRECT_HOST_UIDS", "", Integer::parseUnsignedInt);
        int connections = in.value(
                "CONNECTIONS_PER_SOURCE",
                String.valueOf(RedirectSettings.CONNECTIONS_PER_SOURCE),
                RedirectVariables::connections,
                RedirectSettings.CONNECTIONS_PER_SOURCE);
        boolean translated = in.on("TRANSLATED_SOURCES", "off");
        // a problem prevents the start, so this placeholder is only used for the rest of the checks
        return new RedirectSettings(
                port,
                cgroups.isEmpty() ? List.of("mesos") : cgroups,
                handle,
                docker,
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

    private static int connections(String text) {
        int connections = Integer.parseUnsignedInt(text);
        if (connections < 1) {
            throw new IllegalArgumentException("must be 1 or more");
        }
        return connections;
    }
}
