package io.mesosiam.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The server with which the agent is compared: a bare Go {@code net/http} server with the same answer. */
final class BareGo {
    private BareGo() {}

    /** Builds the program in this directory; empty if there is no {@code go}. Its argument is the port. */
    static Optional<Path> build(Path directory) throws IOException, InterruptedException {
        Path source = directory.resolve("bare.go");
        try (InputStream in = BareGo.class.getResourceAsStream("bare.go")) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path program = directory.resolve("bare");
        try {
            ProcessBuilder build = new ProcessBuilder("go", "build", "-o", program.toString(), source.toString());
            build.environment().put("GOCACHE", directory.resolve("go-cache").toString());
            return build.inheritIO().start().waitFor() == 0 ? Optional.of(program) : Optional.empty();
        } catch (IOException e) {
            System.out.println("no go on PATH: nothing to compare with");
            return Optional.empty();
        }
    }
}
