package io.mesosiam.agent.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RootOwnedPathTest {
    private Path directory;
    private Path file;

    @BeforeEach
    void make() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED, files can't be owned by root: not root");
        }
        assumeTrue(root, "not root");
        directory = Files.createTempDirectory(Path.of("/run"), "mesos-iam-roots");
        file = Files.createFile(Files.createDirectory(directory.resolve("in")).resolve("file"));
    }

    @AfterEach
    void clear() throws IOException {
        if (directory != null) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    @Test
    void pathThatOnlyRootCanChangeIsAccepted() throws IOException {
        assertThat(RootOwnedPath.check(file).path()).isEqualTo(file.toRealPath());
    }

    @Test
    void socketThatAGroupMayUseIsAccepted() throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));

        assertThat(RootOwnedPath.check(file).path()).isEqualTo(file.toRealPath());
    }

    @Test
    void linksAreFollowedAndTheirTargetsChecked() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThat(RootOwnedPath.check(link).path()).isEqualTo(file.toRealPath());

        Files.setAttribute(file, "unix:uid", 65534);
        assertThatThrownBy(() -> RootOwnedPath.check(link)).hasMessage(file + " isn't root's");
    }

    @Test
    void parentDirectoryOfAnotherUserIsRefused() throws IOException {
        Files.setAttribute(file.getParent(), "unix:uid", 65534);

        assertThatThrownBy(() -> RootOwnedPath.check(file)).hasMessage(file.getParent() + " isn't root's");
    }

    @Test
    void parentDirectoryThatOthersMayWriteIsRefused() throws IOException {
        Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxrwxr-x"));

        assertThatThrownBy(() -> RootOwnedPath.check(file))
                .hasMessage(file.getParent() + " can be written by others than root");
    }

    @Test
    void missingPathIsRefused() {
        assertThatThrownBy(() -> RootOwnedPath.check(directory.resolve("nothing")))
                .isInstanceOf(IOException.class);
    }
}
