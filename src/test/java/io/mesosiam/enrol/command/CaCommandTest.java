package io.mesosiam.enrol.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.authority.RootFile;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.pem.PemFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CaCommandTest {
    private static final String PASSPHRASE = "correct horse battery";

    @TempDir
    Path directory;

    private final TestDatabase db = TestPostgres.database();
    private final Map<String, String> settings = new HashMap<>();
    private final Deque<String> typed = new ArrayDeque<>();
    private Path root;
    private Path key;
    private Path passphrase;

    private record Outcome(int status, String out, String err) {}

    @BeforeEach
    void site() throws IOException {
        root = directory.resolve("root.pem");
        key = directory.resolve("enrol.key");
        passphrase = Files.writeString(directory.resolve("passphrase"), PASSPHRASE + "\n");
        settings.put("quarkus.datasource.jdbc.url", db.jdbcUrl());
        settings.put("quarkus.datasource.username", db.user());
        settings.put("quarkus.datasource.password", db.password());
        settings.put("mesos-iam.enrol.key-file", key.toString());
    }

    @AfterEach
    void drop() {
        db.close();
    }

    @Test
    void initMakesFilesAndRowsWithoutAnyPrivateKeyInThem() {
        Outcome made = run("init", "--root-file=" + root, "--passphrase-file=" + passphrase);

        assertThat(made.status()).as(made.err()).isZero();
        assertThat(made.out()).contains(root.toString(), key.toString(), "pin ").doesNotContain(PASSPHRASE);
        assertThat(db.query("select kind || ' ' || (sealed_key is null) from authority order by kind"))
                .containsExactly("intermediate false", "root true");
        assertThat(db.query("select kind || ' ' || actor from audit_event order by id"))
                .containsExactly("authority.created database:postgres", "authority.created database:postgres");
        assertThat(root).exists();
        assertThat(key).hasSize(32);
    }

    @Test
    void initTwiceIsRefusedUnlessAnotherRootIsMeant() {
        assertThat(run("init", "--root-file=" + root, "--passphrase-file=" + passphrase)
                        .status())
                .isZero();
        String second = "--root-file=" + directory.resolve("second.pem");

        assertThat(run("init", second, "--passphrase-file=" + passphrase))
                .satisfies(refused -> assertThat(refused.err()).startsWith("there is a root already"))
                .satisfies(refused -> assertThat(refused.status()).isEqualTo(1));
        assertThat(run("init", second, "--passphrase-file=" + passphrase, "--another")
                        .status())
                .isZero();

        assertThat(db.query("select count(*) from authority where kind = 'root'"))
                .containsExactly("2");
    }

    @Test
    void fileOfARootIsNotReplaced() throws IOException {
        Files.writeString(root, "precious");

        Outcome refused = run("init", "--root-file=" + root, "--passphrase-file=" + passphrase);

        assertThat(refused.err()).contains("exists, and is not replaced");
        assertThat(root).hasContent("precious");
        assertThat(db.query("select count(*) from authority")).containsExactly("0");
    }

    @Test
    void rotationAddsAnIntermediateUnderTheSameRoot() {
        assertThat(run("init", "--root-file=" + root, "--passphrase-file=" + passphrase)
                        .status())
                .isZero();
        typed.add(PASSPHRASE);

        Outcome rotated = run("rotate", "--root-file=" + root);

        assertThat(rotated.status()).as(rotated.err()).isZero();
        assertThat(db.query("select count(*) from authority where kind = 'intermediate'"))
                .containsExactly("2");
        assertThat(run("show").out().lines()).hasSize(3).noneMatch(line -> line.contains("does not open"));
    }

    @Test
    void rotationWithAWrongPassphraseSaysSo() {
        assertThat(run("init", "--root-file=" + root, "--passphrase-file=" + passphrase)
                        .status())
                .isZero();
        typed.add("another passphrase");

        Outcome refused = run("rotate", "--root-file=" + root);

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err())
                .contains("can't be decrypted with this passphrase")
                .doesNotContain("another pass");
    }

    @Test
    void typedPassphrasesMustBeStrongAndTheSame() {
        typed.addAll(List.of("short", PASSPHRASE, "correct horse batterz"));

        assertThat(run("init", "--root-file=" + root).err()).contains("fewer than 12 characters");
        assertThat(run("init", "--root-file=" + root).err()).contains("the two passphrases differ");
        assertThat(root).doesNotExist();
    }

    @Test
    void anotherKeyFileIsNoticed() {
        assertThat(run("init", "--root-file=" + root, "--passphrase-file=" + passphrase)
                        .status())
                .isZero();
        settings.put(
                "mesos-iam.enrol.key-file", directory.resolve("missing.key").toString());

        assertThat(run("show").out()).contains("(the key file does not open it)");
        assertThat(run("rotate", "--root-file=" + root, "--passphrase-file=" + passphrase)
                        .err())
                .contains("mesos-iam.enrol.key-file", "does not exist");
    }

    @Test
    void userWhoDoesNotOwnTheTablesIsRefusedAndNoFileIsLeft() {
        db.execute("create role mere_controller login password 'c' in role mesos_iam_app");
        settings.put("quarkus.datasource.username", "mere_controller");
        settings.put("quarkus.datasource.password", "c");

        Outcome refused = run("init", "--root-file=" + root, "--passphrase-file=" + passphrase);

        db.execute("drop role mere_controller");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("permission denied", "owner of the tables: quarkus.flyway.username");
        assertThat(root).doesNotExist();
    }

    @Test
    void databaseThatIsAwayIsNotAQuestionOfRights() {
        settings.put("quarkus.datasource.jdbc.url", "jdbc:postgresql://127.0.0.1:1/none");

        assertThat(run("show").err())
                .startsWith("the database can't be reached: ")
                .contains(". Check quarkus.datasource.jdbc.url")
                .doesNotContain("..", "owner");
    }

    @Test
    void databaseWithoutTablesNeedsTheMigrations() {
        db.execute("alter table authority rename to elsewhere");

        assertThat(run("show").err()).contains("run the migrations first");
    }

    @Test
    void directoryThatIsMissingIsNamed() {
        assertThat(run("init", "--root-file=" + root, "--passphrase-file=" + passphrase)
                        .status())
                .isZero();
        Path missing = directory.resolve("missing");

        Outcome refused = run(
                "controller",
                "--name=master1.example",
                "--certificate-file=" + missing.resolve("certificate.pem"),
                "--tls-key-file=" + missing.resolve("key.pem"));

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains(missing.toString(), "is in a directory that does not exist: make it");
    }

    @Test
    void certificateOfAControllerIsOfTheRootAndReplacesFiles() throws Exception {
        assertThat(run("init", "--root-file=" + root, "--passphrase-file=" + passphrase)
                        .status())
                .isZero();
        Path certificate = Files.writeString(directory.resolve("controller.pem"), "old");
        Path tlsKey = directory.resolve("controller.key");

        Outcome made = run(
                "controller",
                "--name=master1.example",
                "--name=192.0.2.7",
                "--certificate-file=" + certificate,
                "--tls-key-file=" + tlsKey);

        assertThat(made.status()).as(made.err()).isZero();
        var chain = PemFiles.certificates(certificate);
        assertThat(PemFiles.key(tlsKey, chain.getFirst())).isNotNull();
        chain.getFirst().verify(chain.getLast().getPublicKey());
        assertThat(chain.getFirst().getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(List.of(2, "master1.example"), List.of(7, "192.0.2.7"));
        assertThat(chain.getFirst().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tlsKey)))
                .isEqualTo("rw-------");
        assertThat(run("controller", "--name=a b", "--certificate-file=x", "--tls-key-file=y")
                        .err())
                .contains("neither a DNS name nor an IP address");
    }

    @Test
    void certificateOfAControllerKeepsItsRootUnlessTheNewestIsAskedFor() throws Exception {
        run("init", "--root-file=" + root, "--passphrase-file=" + passphrase);
        Path certificate = directory.resolve("controller.pem");
        String[] again = {
            "controller",
            "--name=master1.example",
            "--certificate-file=" + certificate,
            "--tls-key-file=" + directory.resolve("controller.key")
        };
        run(again);
        X500Principal first = PemFiles.certificates(certificate).getLast().getIssuerX500Principal();
        Path another = directory.resolve("another.pem");
        run("init", "--another", "--root-file=" + another, "--passphrase-file=" + passphrase);

        Outcome kept = run(again);

        assertThat(kept.status()).as(kept.err()).isZero();
        assertThat(PemFiles.certificates(certificate).getLast().getIssuerX500Principal())
                .isEqualTo(first);
        run(Stream.concat(Stream.of(again), Stream.of("--newest-root")).toArray(String[]::new));
        assertThat(PemFiles.certificates(certificate).getLast().getIssuerX500Principal())
                .isNotEqualTo(first)
                .isEqualTo(RootFile.read(another, PASSPHRASE.toCharArray())
                        .certificate()
                        .getSubjectX500Principal());
    }

    @Test
    void keyOfAControllerStaysIfItsCertificateCannotBeWritten() throws Exception {
        run("init", "--root-file=" + root, "--passphrase-file=" + passphrase);
        Path file = Files.writeString(directory.resolve("controller.key"), "before");

        Outcome failed = run(
                "controller",
                "--name=master1.example",
                "--certificate-file=" + directory.resolve("missing").resolve("controller.pem"),
                "--tls-key-file=" + file);

        assertThat(failed.status()).isEqualTo(1);
        assertThat(file).hasContent("before");
        assertThat(directory).as("of the new key").isDirectoryNotContaining(it -> it.toString()
                .endsWith(".new"));
    }

    @Test
    void wrongCommandLineHasStatus2() {
        assertThat(run("init").status()).isEqualTo(2);
        assertThat(run("sign").status()).isEqualTo(2);
    }

    private Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = CaCommand.line(new CaCommand(
                name -> Optional.ofNullable(settings.get(name)),
                _ -> typed.remove().toCharArray(),
                Instant::now,
                1000));
        int status = line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Outcome(status, out.toString(), err.toString());
    }
}
