package io.mesosiam.agent;

import io.mesosiam.agent.link.FakeController;
import io.mesosiam.fakes.TestCa;
import java.util.HashMap;
import java.util.Map;

/** The environment of a test's agent: common settings of its identity, and the test's own settings. */
public final class AgentSettings {
    private AgentSettings() {}

    /**
     * The settings of an agent on {@code host-1}.
     *
     * @param more additional variables by their full names; they override the common ones
     */
    public static Map<String, String> of(
            TestCa ca, TestCa.Identity identity, String cgroupsRoot, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "MESOS_IAM_AGENT_CERTIFICATE",
                identity.certificate().toString(),
                "MESOS_IAM_AGENT_KEY",
                identity.key().toString(),
                "MESOS_IAM_AGENT_CA",
                ca.certificateFile().toString(),
                "MESOS_IAM_AGENT_HOSTNAME",
                "host-1",
                "MESOS_IAM_AGENT_MESOS_AGENT_ID",
                "f00d-S1",
                "MESOS_IAM_AGENT_CGROUPS_ROOT",
                cgroupsRoot));
        settings.putAll(more);
        return Map.copyOf(settings);
    }

    /** The same, for an agent that connects to this controller and listens on this address. */
    public static Map<String, String> listening(
            TestCa ca, FakeController controller, String cgroupsRoot, String listen) {
        return of(
                ca,
                ca.issue("dns:host-1"),
                cgroupsRoot,
                Map.of("MESOS_IAM_AGENT_CONTROLLERS", controller.uri().toString(), "MESOS_IAM_AGENT_LISTEN", listen));
    }

    /**
     * The settings for an agent that must refuse host processes with a lasting refusal, on a host without a cgroups
     * root. No container can be missing, since the runtime directory lists none.
     */
    static Map<String, String> withoutContainers(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("MESOS_IAM_AGENT_ANCESTRY", "on");
        all.put("MESOS_IAM_AGENT_MESOS_RUNTIME_DIR", "/usr");
        return Map.copyOf(all);
    }
}
