package io.mesosiam.enrol.command;

import io.mesosiam.enrol.authority.Authority;
import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.authority.Pem;
import io.mesosiam.enrol.authority.RootFile;
import io.mesosiam.enrol.authority.RootFile.Root;
import io.mesosiam.enrol.authority.SealingKey;
import io.mesosiam.enrol.authority.Signer;
import io.mesosiam.pem.PemFiles.Broken;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mesos-iam ca}: makes and shows the authority of the hosts' certificates. */
@RegisterForReflection
@Command(
        name = "mesos-iam ca",
        description = "The authority of the hosts' certificates. It uses the settings of the controller.")
public final class CaCommand {
    /** The controllers' certificates are no longer than intermediates are usually in use. */
    private static final Duration CONTROLLER_LIFETIME = Duration.ofDays(90);

    static final String KEY_FILE = "mesos-iam.enrol.key-file";

    private final Function<String, Optional<String>> settings;
    private final Passphrase.Prompt prompt;
    private final InstantSource clock;
    private final int rounds;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Shows this help.")
    @SuppressWarnings("UnusedVariable") // picocli prints the help
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    CaCommand(Function<String, Optional<String>> settings, Passphrase.Prompt prompt, InstantSource clock, int rounds) {
        this.rounds = rounds;
        this.settings = settings;
        this.prompt = prompt;
        this.clock = clock;
    }

    /**
     * Runs a command and returns the exit status: 0, 1 if it can't be done, 2 if the command line is wrong.
     *
     * @param settings the controller's settings, by name
     */
    public static int run(List<String> arguments, Function<String, Optional<String>> settings) {
        return line(new CaCommand(settings, Passphrase.console(), Instant::now, RootFile.ROUNDS))
                .execute(arguments.toArray(String[]::new));
    }

    static CommandLine line(CaCommand command) {
        return new CommandLine(command).setExecutionExceptionHandler((failure, line, _) -> {
            line.getErr().println(Failures.words(failure));
            return 1;
        });
    }

    @Command(
            name = "init",
            description =
                    "Makes a root and an intermediate. The root's key goes into a file, encrypted by a passphrase.")
    int init(
            @Option(
                            names = "--root-file",
                            required = true,
                            paramLabel = "FILE",
                            description = "The new file of the root: take it away from this machine.")
                    Path rootFile,
            @Option(
                            names = "--passphrase-file",
                            paramLabel = "FILE",
                            description = "A file whose first line is the passphrase. By default it is asked for.")
                    @Nullable
                    Path passphraseFile,
            @Option(names = "--another", description = "Make another root beside an existing one. Both are trusted.")
                    boolean another)
            throws SQLException, IOException {
        Path keyFile = keyFile();
        try (AuthorityRows rows = AuthorityRows.connect(settings)) {
            Instant now = clock.instant();
            boolean exists = rows.all().stream().anyMatch(known -> known.isRoot() && known.isValid(now));
            if (exists && !another) {
                throw new Problem(
                        "there is a root already. 'mesos-iam ca rotate' makes a new intermediate; with --another there are two roots");
            }
            if (Files.exists(rootFile)) {
                throw new Problem(rootFile + " exists, and is not replaced: name a new file");
            }
            char[] passphrase = Passphrase.chosen(Optional.ofNullable(passphraseFile), prompt);
            try {
                if (SealingKey.make(keyFile)) {
                    out().println("made the key file " + keyFile
                            + ": copy it to each controller, readable by its user alone");
                }
                SealingKey sealing = sealing(keyFile);
                Root root = makeRoot(rootFile, passphrase, now);
                Authority intermediate = Authority.makeIntermediate(root, sealing, now);
                store(rows, rootFile, List.of(Authority.of(root), intermediate));
                out().println(
                                "made the root file " + rootFile
                                        + ": take it away from this machine, and keep it and its passphrase apart. 'mesos-iam ca rotate' needs both");
                show(List.of(Authority.of(root), intermediate), now);
                return 0;
            } finally {
                Arrays.fill(passphrase, ' ');
            }
        }
    }

    @Command(
            name = "rotate",
            description = "Makes a new intermediate. Certificates of the old one stay valid until they expire.")
    int rotate(
            @Option(
                            names = "--root-file",
                            required = true,
                            paramLabel = "FILE",
                            description = "The file of the root, which 'ca init' made.")
                    Path rootFile,
            @Option(
                            names = "--passphrase-file",
                            paramLabel = "FILE",
                            description = "A file whose first line is the passphrase. By default it is asked for.")
                    @Nullable
                    Path passphraseFile)
            throws SQLException {
        SealingKey sealing = sealing(keyFile());
        try (AuthorityRows rows = AuthorityRows.connect(settings)) {
            Instant now = clock.instant();
            char[] passphrase = Passphrase.given(Optional.ofNullable(passphraseFile), prompt);
            try {
                Root root = RootFile.read(rootFile, passphrase);
                if (rows.all().stream().noneMatch(known -> known.certificate().equals(root.certificate()))) {
                    throw new Problem(rootFile + " has a root that is not in the database, so no agent trusts it");
                }
                if (!Authority.of(root).isValid(now)) {
                    throw new Problem(
                            "the root expired at " + Authority.of(root).expiresAt() + ": make another with 'ca init'");
                }
                Authority intermediate = Authority.makeIntermediate(root, sealing, now);
                rows.add(List.of(intermediate));
                show(List.of(intermediate), now);
                out().println("controllers sign with it within 10 s");
                return 0;
            } catch (Broken e) {
                throw new Problem(rootFile + " " + e.problem() + ". " + e.cure());
            } finally {
                Arrays.fill(passphrase, ' ');
            }
        }
    }

    @Command(
            name = "controller",
            description = "Makes a key and a certificate for the ports of a controller, which enrolled agents trust.")
    int controller(
            @Option(
                            names = "--name",
                            required = true,
                            paramLabel = "NAME",
                            description = "A host name or an address that agents connect to. Repeat it for several.")
                    List<String> names,
            @Option(
                            names = "--certificate-file",
                            required = true,
                            paramLabel = "FILE",
                            description =
                                    "The file of the certificate, as mesos-iam.channel.certificate-file names it. It is replaced.")
                    Path certificateFile,
            @Option(
                            names = "--tls-key-file",
                            required = true,
                            paramLabel = "FILE",
                            description =
                                    "The file of its key, as mesos-iam.channel.key-file names it. It is replaced.")
                    Path tlsKeyFile,
            @Option(
                            names = "--newest-root",
                            description =
                                    "Use the newest root. By default a certificate that is replaced keeps its root, since agents may not know another yet.")
                    boolean newestRoot)
            throws SQLException, IOException {
        List<HostName> hosts = names.stream()
                .map(name -> HostName.of(name)
                        .orElseThrow(() -> new Problem(name + " is neither a DNS name nor an IP address")))
                .toList();
        SealingKey sealing = sealing(keyFile());
        try (AuthorityRows rows = AuthorityRows.connect(settings)) {
            Instant now = clock.instant();
            Authority intermediate = ControllerAuthority.of(rows.all(), now)
                    .choose(newestRoot ? Optional.empty() : Optional.of(certificateFile))
                    .orElseThrow(() -> new Problem("there is no valid intermediate: run 'ca init' or 'ca rotate'"));
            Instant until = Signer.open(intermediate, sealing)
                    .makeServer(hosts, certificateFile, tlsKeyFile, now, CONTROLLER_LIFETIME);
            out().println("made " + certificateFile + " and " + tlsKeyFile + " for " + hosts + " until " + until);
            return 0;
        } catch (Broken e) {
            throw new Problem(KEY_FILE + ": " + e.problem() + ". " + e.cure());
        }
    }

    @Command(name = "show", description = "Shows the roots and the intermediates.")
    int show() throws SQLException {
        try (AuthorityRows rows = AuthorityRows.connect(settings)) {
            List<Authority> all = rows.all();
            if (all.isEmpty()) {
                out().println("there is no authority: 'mesos-iam ca init' makes one");
            }
            show(all, clock.instant());
            return 0;
        }
    }

    private void show(List<Authority> authorities, Instant now) {
        Optional<SealingKey> sealing = settings.apply(KEY_FILE).map(Path::of).flatMap(file -> {
            try {
                return Optional.of(SealingKey.read(file));
            } catch (Broken e) {
                return Optional.empty();
            }
        });
        authorities.forEach(authority -> out().println((authority.isRoot() ? "root " : "intermediate ")
                + authority.certificate().getSubjectX500Principal().getName()
                + " until " + authority.expiresAt()
                + (authority.isRoot()
                        ? " pin " + Pem.pin(authority.certificate())
                        : " of "
                                + authority
                                        .certificate()
                                        .getIssuerX500Principal()
                                        .getName())
                + (authority.isValid(now) ? "" : " (not valid now)")
                + (authority.isRoot() || opens(authority, sealing) ? "" : " (the key file does not open it)")));
    }

    private static boolean opens(Authority authority, Optional<SealingKey> sealing) {
        try {
            return sealing.isPresent()
                    && Signer.open(authority, sealing.get()).intermediate().equals(authority.certificate());
        } catch (Broken e) {
            return false;
        }
    }

    private Root makeRoot(Path rootFile, char[] passphrase, Instant now) throws IOException {
        try {
            Root root = Authority.makeRoot(now);
            RootFile.write(rootFile, root, passphrase, rounds);
            return root;
        } catch (FileAlreadyExistsException e) {
            throw new Problem(rootFile + " exists, and is not replaced: name a new file");
        }
    }

    /** Without its row no agent trusts the root, so its file would be of no use. */
    private static void store(AuthorityRows rows, Path rootFile, List<Authority> made)
            throws SQLException, IOException {
        try {
            rows.add(made);
        } catch (SQLException e) {
            Files.delete(rootFile);
            throw e;
        }
    }

    private Path keyFile() {
        return settings.apply(KEY_FILE)
                .map(Path::of)
                .orElseThrow(() -> new Problem(KEY_FILE
                        + " is not set. Name the file of the key that seals intermediates; 'ca init' makes it"));
    }

    private static SealingKey sealing(Path file) {
        try {
            return SealingKey.read(file);
        } catch (Broken e) {
            throw new Problem(KEY_FILE + "=" + file + ": " + e.problem() + ". " + e.cure());
        }
    }

    private PrintWriter out() {
        CommandLine.Model.CommandSpec known = spec;
        if (known == null) {
            throw new IllegalStateException("picocli sets it");
        }
        return known.commandLine().getOut();
    }

    /** Why a command can't be done, as a sentence for the operator. */
    static final class Problem extends RuntimeException {
        private static final long serialVersionUID = 1;

        Problem(String message) {
            super(message, null, false, false);
        }
    }
}
