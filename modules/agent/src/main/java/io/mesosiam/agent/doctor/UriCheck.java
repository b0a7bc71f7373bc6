package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds containers whose SDK sends no request to the agent, because no variable configures it. */
public record UriCheck(Path proc, String cgroupsRoot) implements Check {
    private static final int SHOWN = 3;

    @Override
    public List<Finding> findings() {
        try {
            var processes = TaskProcesses.find(proc, cgroupsRoot);
            var without = processes.entrySet().stream()
                    .filter(process -> !hasCredentialsUri(process.getValue()))
                    .map(process -> process.getKey())
                    .toList();
            return List.of(
                    without.isEmpty()
                            ? Finding.ok("uri", "all %d containers have a credentials URI".formatted(processes.size()))
                            : Finding.warning(
                                    "uri",
                                    "%d of %d containers have no credentials URI, such as %s"
                                            .formatted(
                                                    without.size(),
                                                    processes.size(),
                                                    without.stream()
                                                            .limit(SHOWN)
                                                            .toList()),
                                    "let the framework set AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean hasCredentialsUri(long pid) {
        try {
            var environment =
                    Files.readString(proc.resolve(Long.toString(pid)).resolve("environ"), StandardCharsets.ISO_8859_1);
            return ("\0" + environment).contains("\0AWS_CONTAINER_CREDENTIALS_");
        } catch (IOException e) {
            // the process has ended, so it needs no URI
            return true;
        }
    }
}
