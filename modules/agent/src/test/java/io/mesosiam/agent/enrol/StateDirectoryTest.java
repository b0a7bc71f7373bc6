package io.mesosiam.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.config.EnrolmentSettings;
import io.mesosiam.agent.config.ProofSource;
import io.mesosiam.agent.enrol.TestAuthority.Leaf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateDirectoryTest {
    private static TestAuthority own;

    @TempDir
    private Path directory;

    private EnrolmentSettings settings;

    @BeforeAll
    static void authority() throws Exception {
        own = new TestAuthority("own");
    }

    @BeforeEach
    void settings() {
        settings = settings(directory.resolve("state"));
    }

    static EnrolmentSettings settings(Path state) {
        return new EnrolmentSettings(List.of(), new ProofSource.Token(Optional.empty(), Optional.empty()), state);
    }

    static IssuedCertificate issued(TestAuthority by, KeyPair key) throws Exception {
        return new IssuedCertificate(
                Pem.certificates("", by.chain(Leaf.of(key.getPublic(), Instant.now()))), List.of(by.root()));
    }

    private StateDirectory open() throws IOException {
        return StateDirectory.open(settings);
    }

    private KeyPair stored(StateDirectory state) throws Exception {
        KeyPair key = SigningRequest.newKey();
        state.store(key, issued(own, key));
        return key;
    }

    @Test
    void everythingIsForTheAgentsUserAlone() throws Exception {
        StateDirectory state = open();
        state.firstKey();
        stored(state);
        state.firstKey();

        Set<String> modes = new TreeSet<>();
        try (Stream<Path> all = Files.walk(settings.state())) {
            for (Path path : all.filter(it -> !Files.isSymbolicLink(it)).toList()) {
                modes.add((Files.isDirectory(path) ? "d" : "-")
                        + PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            }
        }
        assertThat(modes).containsExactly("-rw-------", "drwx------");
    }

    @Test
    void storedCertificateIsReadAgain() throws Exception {
        assertThat(open().certificate()).isEmpty();

        KeyPair key = stored(open());

        StoredCertificate read = open().certificate().orElseThrow();
        assertThat(read.leaf().getPublicKey()).isEqualTo(key.getPublic());
        assertThat(read.host().text()).isEqualTo("host-1");
        assertThat(read.authorities()).containsExactly(own.root());
    }

    @Test
    void firstKeyIsTheSameUntilItsCertificateIsStored() throws Exception {
        KeyPair first = open().firstKey();
        assertThat(open().firstKey().getPublic()).isEqualTo(first.getPublic());

        open().store(first, issued(own, first));

        assertThat(open().firstKey().getPublic()).isNotEqualTo(first.getPublic());
    }

    @Test
    void keyWhoseDeletionWasCutOffIsNotUsedAgain() throws Exception {
        StateDirectory state = open();
        KeyPair first = state.firstKey();
        Path pending = settings.state().resolve("pending-key.pem");
        Path copy = Files.copy(pending, directory.resolve("copy"));
        state.store(first, issued(own, first));
        Files.move(copy, pending);

        assertThat(open().firstKey().getPublic()).isNotEqualTo(first.getPublic());
    }

    @Test
    void onlyTheCertificateInUseAndTheOneBeforeAreKept() throws Exception {
        StateDirectory state = open();
        for (int i = 0; i < 4; i++) {
            stored(state);
        }

        try (Stream<Path> entries = Files.list(settings.state())) {
            assertThat(entries.map(it -> it.getFileName().toString().replaceFirst("-.*", "")))
                    .containsExactlyInAnyOrder("current", "identity", "identity");
        }
    }

    @Test
    void readerThatFollowedTheLinkHasFilesThatBelongTogether() throws Exception {
        StateDirectory state = open();
        stored(state);
        Path followed = settings.current().toRealPath();

        stored(state);

        assertThat(settings.current().toRealPath()).isNotEqualTo(followed);
        assertThat(followed.resolve("key.pem")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-x---", "rwx--x---", "rwxrwxrwx", "rwx-----x"})
    void directoryWithWiderRightsIsRefused(String mode) throws Exception {
        open();
        Files.setPosixFilePermissions(settings.state(), PosixFilePermissions.fromString(mode));

        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(settings.state() + " can be used by other users")
                .hasMessageContaining("chmod 700");
        assertThat(StateDirectory.problem(settings)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"current/key.pem", "current/certificate.pem", "current/authorities.pem", "pending-key.pem"})
    void fileWithWiderRightsIsRefused(String name) throws Exception {
        stored(open());
        open().firstKey();
        Path file = settings.state().resolve(name).toRealPath();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(this::open).hasMessageStartingWith(file + " can be used by other users (mode 640)");
    }

    @Test
    void missingKeyIsRefusedWithWhatToDo() throws Exception {
        stored(open());
        Path key = settings.current().toRealPath().resolve("key.pem");
        Files.delete(key);

        assertThatThrownBy(this::open)
                .hasMessage(key + " does not exist: delete what is in the directory, and enrol the host again");
    }

    @Test
    void linkInPlaceOfAFileIsRefused() throws Exception {
        stored(open());
        Path key = settings.current().toRealPath().resolve("key.pem");
        Files.createSymbolicLink(key.resolveSibling("moved"), Files.move(key, directory.resolve("elsewhere")));
        Files.move(key.resolveSibling("moved"), key);

        assertThatThrownBy(this::open).hasMessage(key + " is no regular file");
    }

    @Test
    void linkOutOfTheDirectoryIsRefused() throws Exception {
        open();
        Files.createSymbolicLink(settings.current(), directory);

        assertThatThrownBy(this::open).hasMessageContaining("leads out of the directory");
    }

    @Test
    void fileInPlaceOfTheDirectoryIsRefused() throws Exception {
        Files.createFile(settings.state());

        assertThatThrownBy(this::open).hasMessage(settings.state() + " is no directory");
    }

    @Test
    void missingParentIsNamed() {
        settings = settings(directory.resolve("absent/state"));

        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(settings.state().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"key.pem", "certificate.pem", "authorities.pem"})
    void unreadableContentIsNamed(String name) throws Exception {
        stored(open());
        Path file = settings.current().toRealPath().resolve(name);
        Files.writeString(file, "rubbish");

        assertThatThrownBy(() -> open().certificate())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void keyOfAnotherCertificateIsRefused() throws Exception {
        stored(open());
        Files.writeString(
                settings.current().resolve("key.pem"),
                Pem.text("PRIVATE KEY", SigningRequest.newKey().getPrivate().getEncoded()));

        assertThatThrownBy(() -> open().certificate())
                .hasMessageContaining("the key that the certificate was made for");
    }

    /** What a process leaves that ends before the link is changed. */
    @Test
    void unfinishedCertificateIsNotUsedAndIsRemoved() throws Exception {
        KeyPair key = stored(open());
        Path unfinished = Files.createDirectory(settings.state().resolve("identity-unfinished"));
        Files.writeString(unfinished.resolve("key.pem"), "half a k");
        Files.createSymbolicLink(settings.state().resolve("current.new"), unfinished.getFileName());
        Files.writeString(settings.state().resolve("pending-key.pem.new"), "half a k");

        assertThat(open().certificate().orElseThrow().leaf().getPublicKey()).isEqualTo(key.getPublic());

        KeyPair next = stored(open());
        open().firstKey();

        assertThat(open().certificate().orElseThrow().leaf().getPublicKey()).isEqualTo(next.getPublic());
        assertThat(Files.exists(unfinished, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }
}
