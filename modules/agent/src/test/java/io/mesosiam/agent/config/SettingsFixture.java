package io.mesosiam.agent.config;

import java.util.HashMap;
import java.util.Map;

/** The settings that an agent needs. */
abstract class SettingsFixture {
    static final Map<String, String> NEEDED = Map.of(
            "CONTROLLERS", "wss://a.example:8443, wss://b.example:8443",
            "CERTIFICATE", "/etc/mesos-iam/agent.pem",
            "KEY", "/etc/mesos-iam/agent.key",
            "CA", "/etc/mesos-iam/ca.pem",
            "MESOS_WORK_DIR", "/var/lib/mesos");

    static AgentConfig read(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>();
        settings.forEach((name, value) -> environment.put("MESOS_IAM_AGENT_" + name, value));
        return AgentConfig.from(environment::get);
    }
}
