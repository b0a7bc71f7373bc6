package io.mesosiam.agent.config;

import io.mesosiam.agent.config.AgentConfig.MesosSources;
import io.mesosiam.agent.mesos.MesosAgentApi;
import io.mesosiam.agent.mesos.MesosAgentSettings;
import io.mesosiam.agent.mesos.RuntimeDirectory;
import io.mesosiam.agent.mesos.SystemdUnit;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the sources of this host's list of Mesos containers, and how those are verified. */
final class MesosVariables {
    private MesosVariables() {}

    static MesosSources sources(Variables in) {
        Optional<Path> ca = in.text("MESOS_CA").map(Path::of);
        Optional<Path> credential = in.text("MESOS_CREDENTIAL").map(Path::of);
        long user = in.value("MESOS_USER", "0", MesosVariables::user, 0L);
        Optional<SystemdUnit> unit =
                in.text("MESOS_UNIT").flatMap(text -> in.parse("MESOS_UNIT", text, SystemdUnit::new));
        MesosSources sources = new MesosSources(
                in.text("MESOS_RUNTIME_DIR")
                        .flatMap(text -> in.parse("MESOS_RUNTIME_DIR", text, MesosVariables::directory)),
                in.text("MESOS_URL")
                        .flatMap(text -> in.parse(
                                "MESOS_URL",
                                text,
                                url -> new MesosAgentApi(
                                        new MesosAgentSettings(
                                                AgentConfig.url(url, "must be http://host:port or https://host:port"),
                                                ca,
                                                credential,
                                                user,
                                                unit),
                                        MesosAgentApi.USUAL_LIMIT))),
                in.on("ANCESTRY", "off"));
        if (sources.ancestry()
                && in.text("MESOS_RUNTIME_DIR").or(() -> in.text("MESOS_URL")).isEmpty()) {
            in.wrong("ANCESTRY", "needs MESOS_RUNTIME_DIR or MESOS_URL: they name the first processes of containers");
        }
        return sources;
    }

    private static RuntimeDirectory directory(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("must be a path from the root, such as /var/run/mesos");
        }
        return new RuntimeDirectory(Path.of(text));
    }

    private static long user(String text) {
        try {
            return Integer.parseUnsignedInt(text) & 0xffffffffL;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be the number of a user", e);
        }
    }
}
