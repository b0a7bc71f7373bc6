package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of the controller's jar in JSON: from the first line to the last. */
class JsonLogIT {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private static final Pattern TEXT_LINE = Pattern.compile(" (DEBUG|INFO|WARN|ERROR) ");

    @TempDir
    private Path directory;

    @Test
    void eachLineIsAnObjectWithTheDocumentedKeys() throws Exception {
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start();
                HttpClient http = HttpClient.newHttpClient()) {
            database.execute("insert into policy (name, effect, task_name, iam_role_arn)"
                    + " values ('all', 'allow', '*', 'arn:aws:iam::123456789012:role/all')");
            TestCa ca = TestCa.in(directory);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            int port = TestPort.claim();
            settings.put("QUARKUS_HTTP_PORT", String.valueOf(port));
            settings.put("MESOS_IAM_API_PLAIN_HTTP", "true");
            settings.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "admin");
            settings.put("MESOS_IAM_LOG_JSON", "true");

            try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
                controller.awaitReady();
                URI drain = URI.create("http://127.0.0.1:" + port
                        + "/api/v1/controllers/controller-1/drain?reason=kernel&confirm=true");
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(drain)
                                .header("X-Request-Id", "deploy-42")
                                .POST(BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
                assertThat(answer.headers().allValues("X-Request-Id")).containsExactly("deploy-42");
                controller.stop();

                List<JsonNode> lines = new ArrayList<>();
                for (String line : controller.text().lines().toList()) {
                    if (line.startsWith("{")) {
                        lines.add(object(line));
                    } else {
                        // printed by the JVM, or for the operator
                        assertThat(line).doesNotContainPattern(TEXT_LINE);
                    }
                }
                assertThat(lines)
                        .anySatisfy(line -> {
                            assertThat(line.get("message").asText()).isEqualTo("policies read");
                            assertThat(line.at("/fields/policies").asText()).isEqualTo("1");
                        })
                        .anySatisfy(line -> {
                            assertThat(line.get("message").asText()).isEqualTo("controller drained");
                            assertThat(line.at("/fields/requestId").asText()).isEqualTo("deploy-42");
                        });
            }
        }
    }

    private static JsonNode object(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }
}
