package io.mesosiam.agent.sdk;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.redirect.KernelAssumptions;
import io.mesosiam.agent.sdk.SdkProcess.Fetched;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The three ways in which a task gets the address of the endpoint, each with the environment that a real Mesos 1.12.0
 * gave its tasks, recorded from their processes, and a real SDK.
 */
class TaskEnvironmentIT {
    private static final AgentProgram PROGRAM = AgentProgram.underTest();
    private static final Map<String, String> URI = Map.of("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials");

    @TempDir
    private static Path directory;

    private static TrialHost host;

    @BeforeAll
    static void start() throws Exception {
        KernelAssumptions.canMakeNamespaces();
        host = new TrialHost(PROGRAM, directory);
    }

    @AfterAll
    static void stop() throws IOException {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void uriThatAFrameworkSetsWorksForAnyTask() throws Exception {
        assertThat(askedBy("set-by-framework", "pod-task", URI))
                .contains("surface=ecs")
                .doesNotContain("surface=imds");
    }

    @Test
    void executorEnvironmentOfTheMesosAgentReachesACommandTask() throws Exception {
        // the program of a command task has the environment of its executor
        assertThat(askedBy("set-by-mesos-agent", "command-task", URI))
                .contains("surface=ecs")
                .doesNotContain("surface=imds");
    }

    @Test
    void taskWithoutSettingsIsServedLikeByTheInstanceMetadataService() throws Exception {
        assertThat(askedBy("nothing-set", "pod-task", Map.of()))
                .contains("surface=imds")
                .doesNotContain("surface=ecs");
    }

    /** The audit line of the agent for an SDK in this environment, after it got its role. */
    private static String askedBy(String id, String task, Map<String, String> more) throws Exception {
        Map<String, String> environment = new HashMap<>(recorded(task));
        assertThat(environment).doesNotContainKeys("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        environment.putAll(more);
        TrialContainer container = host.container(id);
        String key = host.serve(container, Duration.ofHours(1));
        Fetched fetched = container.start(JavaClient.command(), environment).first();
        assertThat(fetched.accessKeyId()).as(fetched.error()).contains(key);
        return host.audit(container);
    }

    private static Map<String, String> recorded(String task) throws IOException {
        try (InputStream in = TaskEnvironmentIT.class.getResourceAsStream(task + ".environment")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("=", 2))
                    .collect(toMap(pair -> pair[0], pair -> pair[1]));
        }
    }
}
