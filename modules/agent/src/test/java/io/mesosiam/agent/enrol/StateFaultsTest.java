package io.mesosiam.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mesosiam.agent.config.EnrolmentSettings;
import io.mesosiam.fakes.Shell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state directory on a file system that is full or read-only, and after a process that was killed. */
class StateFaultsTest {
    private static final int KILLS = 4;

    @TempDir
    private Path directory;

    private Path mount;
    private boolean mounted;
    private TestAuthority own;

    @BeforeEach
    void authority() throws Exception {
        own = new TestAuthority("own");
        mount = directory.resolve("mount");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            Shell.run("umount " + mount);
        }
    }

    private EnrolmentSettings onOwnFileSystem() throws Exception {
        Files.createDirectory(mount);
        try {
            // 16 blocks
            Shell.run("mount -t tmpfs -o size=64k,mode=700 none " + mount);
            mounted = true;
        } catch (IllegalStateException e) {
            System.out.println("SKIPPED: a full file system: no rights to mount one");
        }
        assumeThat(mounted).as("rights to mount a file system").isTrue();
        return StateDirectoryTest.settings(mount.resolve("state"));
    }

    @Test
    void certificateInUseStaysInUseOnAFullFileSystem() throws Exception {
        EnrolmentSettings settings = onOwnFileSystem();
        StateDirectory state = StateDirectory.open(settings);
        KeyPair key = SigningRequest.newKey();
        state.store(key, StateDirectoryTest.issued(own, key));
        fill();

        KeyPair next = SigningRequest.newKey();
        assertThatThrownBy(() -> state.store(next, StateDirectoryTest.issued(own, next)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left on device");
        assertThatThrownBy(state::firstKey).hasMessageContaining("No space left on device");
        assertThat(keyInUse(settings)).isEqualTo(key.getPublic());

        Files.delete(mount.resolve("filler"));
        state.store(next, StateDirectoryTest.issued(own, next));
        assertThat(keyInUse(settings)).isEqualTo(next.getPublic());
    }

    private void fill() throws IOException {
        try {
            Files.write(mount.resolve("filler"), new byte[128 * 1024]);
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    @Test
    void certificateInUseStaysInUseOnAReadOnlyFileSystem() throws Exception {
        EnrolmentSettings settings = onOwnFileSystem();
        StateDirectory state = StateDirectory.open(settings);
        KeyPair key = SigningRequest.newKey();
        state.store(key, StateDirectoryTest.issued(own, key));
        Shell.run("mount -o remount,ro " + mount);

        KeyPair next = SigningRequest.newKey();
        assertThatThrownBy(() -> state.store(next, StateDirectoryTest.issued(own, next)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Read-only file system");
        assertThatThrownBy(state::firstKey).hasMessageContaining("Read-only file system");
        assertThat(keyInUse(settings)).isEqualTo(key.getPublic());
    }

    @Test
    void keyAndCertificateBelongTogetherAfterAProcessWasKilled() throws Exception {
        Path state = directory.resolve("state");
        for (int i = 0; i < KILLS; i++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Storing.class.getName(),
                            state.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
                for (int line = 0; line <= i; line++) {
                    assertThat(lines.readLine()).isEqualTo("stored");
                }
            } finally {
                process.destroyForcibly().waitFor();
            }

            assertThat(StateDirectory.open(StateDirectoryTest.settings(state)).certificate())
                    .as("after kill %d", i)
                    .isPresent();
        }
    }

    /** Stores one certificate after the other until it is killed. */
    static final class Storing {
        private Storing() {}

        public static void main(String[] arguments) throws Exception {
            TestAuthority authority = new TestAuthority("own");
            StateDirectory state = StateDirectory.open(StateDirectoryTest.settings(Path.of(arguments[0])));
            while (true) {
                KeyPair key = state.firstKey();
                state.store(key, StateDirectoryTest.issued(authority, key));
                System.out.println("stored");
            }
        }
    }

    private static Object keyInUse(EnrolmentSettings settings) throws IOException {
        return StateDirectory.open(settings).certificate().orElseThrow().leaf().getPublicKey();
    }
}
