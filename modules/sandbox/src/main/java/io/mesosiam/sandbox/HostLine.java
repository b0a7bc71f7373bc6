package io.mesosiam.sandbox;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.sandbox.host.CredentialResult;
import io.mesosiam.sandbox.host.HostCommand;
import io.mesosiam.sandbox.host.HostReport;
import io.mesosiam.sandbox.host.HostSetup;
import io.mesosiam.sandbox.process.Child;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Sends commands to the host process and reads its answers. */
final class HostLine {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final ObjectMapper mapper = new ObjectMapper();
    private final Child host;
    private final HostReport report;

    HostLine(Child host, HostSetup setup) throws IOException, InterruptedException {
        this.host = host;
        this.report = mapper.readValue(host.ask(mapper.writeValueAsString(setup), LONGEST), HostReport.class);
    }

    HostReport report() {
        return report;
    }

    void execute(HostCommand command) throws IOException, InterruptedException {
        JsonNode ignored = send(command);
    }

    List<CredentialResult> ask(HostCommand.Ask command) throws IOException, InterruptedException {
        return mapper.convertValue(send(command), new TypeReference<List<CredentialResult>>() {});
    }

    CredentialResult ask(HostCommand.AskOutside command) throws IOException, InterruptedException {
        return mapper.convertValue(send(command), CredentialResult.class);
    }

    private JsonNode send(HostCommand command) throws IOException, InterruptedException {
        String line = mapper.writerFor(HostCommand.class).writeValueAsString(command);
        JsonNode answer = mapper.readTree(host.ask(line, LONGEST));
        if (answer.has("error")) {
            throw new IOException("the host could not: " + answer.path("error").asText());
        }
        return answer;
    }
}
