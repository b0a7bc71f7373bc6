package io.mesosiam.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileProblemTest {
    private static final Path NAMED = Path.of("/etc/x.pem");

    @TempDir
    private Path directory;

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(
                        new NoSuchFileException("/etc/x.pem"),
                        "there is no such file or directory",
                        "/etc/x.pem: there is no such file or directory"),
                arguments(
                        new AccessDeniedException("/etc/x.pem"), "permission denied", "/etc/x.pem: permission denied"),
                arguments(
                        new FileSystemException("/etc/x.pem", null, "Is a directory"),
                        "Is a directory",
                        "/etc/x.pem: Is a directory"),
                arguments(
                        new FileSystemException("/etc/x.pem", null, null),
                        "FileSystemException",
                        "/etc/x.pem: FileSystemException"),
                arguments(
                        new AccessDeniedException("/etc/x.pem/below"),
                        "/etc/x.pem/below: permission denied",
                        "/etc/x.pem/below: permission denied"),
                arguments(new IOException("/etc/x.pem isn't root's"), "isn't root's", "/etc/x.pem isn't root's"),
                arguments(new IOException("/etc/x.pem: too long"), "too long", "/etc/x.pem: too long"),
                arguments(
                        new IOException("/etc/x.pem.new isn't root's"),
                        "/etc/x.pem.new isn't root's",
                        "/etc/x.pem.new isn't root's"),
                arguments(new IOException("Is a directory"), "Is a directory", "Is a directory"),
                arguments(new IOException(), "IOException", "IOException"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void fileIsNamedOnce(IOException failure, String reason, String described) {
        assertThat(FileProblem.reason(NAMED, failure)).isEqualTo(reason);
        assertThat(FileProblem.describe(failure)).isEqualTo(described);
    }

    @Test
    void failuresOfRealFilesAreDescribed() throws IOException {
        Path absent = directory.resolve("absent");
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(FileProblem.reason(absent, failure(absent))).isEqualTo("there is no such file or directory");
        assertThat(FileProblem.reason(directory, failure(directory))).isEqualTo("Is a directory");
        assertThat(FileProblem.reason(file.resolve("x"), failure(file.resolve("x"))))
                .isEqualTo("Not a directory");
    }

    private static IOException failure(Path file) {
        return catchThrowableOfType(IOException.class, () -> Files.readAllBytes(file));
    }
}
