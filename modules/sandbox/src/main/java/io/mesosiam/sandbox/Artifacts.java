package io.mesosiam.sandbox;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The artifacts of the build.
 *
 * @param databasePrograms directory to which PostgreSQL's programs are unpacked once; it stays part of the build output
 */
record Artifacts(Path controller, Path agent, Path databasePrograms) {
    /**
     * Finds the artifacts: at the paths in the system properties {@code mesosiam.controller.jar} and
     * {@code mesosiam.agent.jar}, else in the neighbouring modules.
     */
    static Artifacts find() throws IOException {
        Path target = target();
        Path modules =
                Optional.ofNullable(target.getParent()).map(Path::getParent).orElse(target);
        Path controller = property("mesosiam.controller.jar")
                .orElse(modules.resolve("controller/target/quarkus-app/quarkus-run.jar"));
        Path agent = property("mesosiam.agent.jar").orElse(modules.resolve("agent/target/mesos-iam-agent.jar"));
        for (Path jar : new Path[] {controller, agent}) {
            if (!Files.exists(jar)) {
                throw new IOException(jar + " does not exist: build it with ./mvnw package -DskipTests");
            }
        }
        return new Artifacts(controller.toAbsolutePath(), agent.toAbsolutePath(), target.resolve("postgresql"));
    }

    private static Path target() {
        try {
            Path classes = Path.of(Artifacts.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Optional.ofNullable(classes.getParent()).orElse(classes);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException("a class path entry is a file", impossible);
        }
    }

    private static Optional<Path> property(String name) {
        return Optional.ofNullable(System.getProperty(name)).map(Path::of);
    }
}
