package io.mesosiam.agent.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.mesosiam.agent.mesos.MesosAgentApi;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks whether the Mesos agent's flags separate tasks from each other, and match the agent's settings. Names the
 * pairs of tasks that are not separated. The flags are read only from a process that is verified to be the Mesos agent.
 *
 * @param mesosAgent empty if no address is set
 * @param repeated the agent's settings that repeat a flag
 */
public record MesosFlagsCheck(Optional<MesosAgentApi> mesosAgent, List<Repeated> repeated) implements Check {
    private static final Set<String> READ =
            Set.of("launcher", "isolation", "switch_user", "containerizers", "cgroups_root", "runtime_dir", "work_dir");

    /** A setting that must have the value of a flag of the Mesos agent. */
    public record Repeated(String flag, String variable, String value) {}

    public MesosFlagsCheck {
        repeated = List.copyOf(repeated);
    }

    @Override
    public List<Finding> findings() {
        if (mesosAgent.isEmpty()) {
            return List.of(
                    unknown("no address is known", "set MESOS_IAM_AGENT_MESOS_URL, such as http://127.0.0.1:5051"));
        }
        try {
            var flags = parse(mesosAgent.get().flags());
            var findings = new ArrayList<>(differences(flags, repeated));
            findings.addAll(findings(flags));
            return findings;
        } catch (JsonProcessingException e) {
            return List.of(unknown("the answer isn't JSON", "check MESOS_IAM_AGENT_MESOS_URL"));
        } catch (IOException e) {
            return List.of(
                    unknown(
                            FileProblem.describe(e),
                            "check that it runs, and that MESOS_IAM_AGENT_MESOS_URL is its address; see the other MESOS_ variables in docs/agent.md"));
        }
    }

    private static Finding unknown(String why, String cure) {
        return Finding.warning("mesos", "the Mesos agent's flags are not known: " + why, cure);
    }

    /** The flags that differ from the setting. A flag that is missing in the answer is not compared. */
    static List<Finding> differences(Map<String, String> flags, List<Repeated> repeated) {
        return repeated.stream()
                .filter(one -> flags.containsKey(one.flag())
                        && !withoutEndSlash(flags.get(one.flag())).equals(withoutEndSlash(one.value())))
                .map(one -> Finding.failure(
                        "mesos",
                        "%s=%s, the Mesos agent runs with --%s=%s"
                                .formatted(one.variable(), one.value(), one.flag(), flags.get(one.flag())),
                        "set " + one.variable() + " to that value"))
                .toList();
    }

    private static String withoutEndSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    static List<Finding> findings(Map<String, String> flags) {
        var findings = new ArrayList<Finding>();
        var isolation = List.of(flags.getOrDefault("isolation", "").split(",", -1));
        boolean switchUser = flags.getOrDefault("switch_user", "true").equals("true");
        if (!flags.getOrDefault("launcher", "linux").equals("linux")) {
            findings.add(Finding.failure(
                    "mesos",
                    "launcher=%s: no two tasks on the host's network can be distinguished"
                            .formatted(flags.get("launcher")),
                    "--launcher=linux"));
        }
        if (!switchUser) {
            findings.add(Finding.failure(
                    "mesos",
                    "switch_user=false: all tasks run as the Mesos agent's user, and each can act as any other",
                    "--switch_user=true"));
        } else if (!isolation.contains("namespaces/pid")) {
            findings.add(Finding.warning(
                    "mesos",
                    "isolation lacks namespaces/pid: two tasks of the same user see each other's processes and can act as each other",
                    "add namespaces/pid to --isolation, or give each team its own user"));
        }
        if (!isolation.contains("filesystem/linux")) {
            findings.add(Finding.warning(
                    "mesos",
                    "isolation lacks filesystem/linux: a task of root sees the host's cgroups and can enter any other task's",
                    "add filesystem/linux to --isolation, and let no framework run tasks as root (ACL run_tasks)"));
        }
        if (List.of(flags.getOrDefault("containerizers", "mesos").split(",", -1))
                .contains("docker")) {
            findings.add(Finding.warning(
                    "mesos",
                    "containerizers has docker: its tasks on the host's network are outside Mesos's cgroups",
                    "set MESOS_IAM_AGENT_DOCKER_SOCKET; on cgroup v2 also give the Docker daemon a --cgroup-parent, and name it in"
                            + " MESOS_IAM_AGENT_REDIRECT_CGROUPS"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok("mesos", "its flags separate any two tasks"));
        }
        return findings;
    }

    static Map<String, String> parse(byte[] json) throws IOException {
        var flags = new HashMap<String, String>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && READ.contains(parser.currentName())) {
                    flags.put(parser.currentName(), parser.getText());
                }
            }
        }
        return flags;
    }
}
