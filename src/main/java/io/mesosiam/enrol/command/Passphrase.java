package io.mesosiam.enrol.command;

import io.mesosiam.enrol.authority.RootFile;
import io.mesosiam.enrol.command.CaCommand.Problem;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The passphrase of the root's key, from a file or from the terminal: never from an argument, which other users can see. */
final class Passphrase {
    private Passphrase() {}

    /** Asks without showing what is typed. */
    interface Prompt {
        /**
         * What is typed.
         *
         * @throws Problem if there is no terminal
         */
        char[] ask(String question);
    }

    static Prompt console() {
        return question -> Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(terminal -> terminal.readPassword("%s: ", question))
                .orElseThrow(
                        () -> new Problem("there is no terminal to ask for the passphrase: use --passphrase-file"));
    }

    /** The passphrase of a new key: strong enough, and typed twice. */
    static char[] chosen(Optional<Path> file, Prompt prompt) {
        char[] passphrase = given(file, prompt);
        List<String> faults = RootFile.faults(passphrase);
        if (!faults.isEmpty()) {
            throw new Problem(faults.getFirst());
        }
        if (file.isEmpty()) {
            char[] again = prompt.ask("The same passphrase again");
            boolean same = Arrays.equals(passphrase, again);
            Arrays.fill(again, ' ');
            if (!same) {
                throw new Problem("the two passphrases differ");
            }
        }
        return passphrase;
    }

    /** The passphrase of a key that exists. */
    static char[] given(Optional<Path> file, Prompt prompt) {
        return file.map(Passphrase::read).orElseGet(() -> prompt.ask("Passphrase of the root's key"));
    }

    private static char[] read(Path file) {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return Optional.ofNullable(lines.readLine()).orElse("").toCharArray();
        } catch (IOException e) {
            throw new Problem("the passphrase can't be read from " + file + " ("
                    + e.getClass().getSimpleName() + ")");
        }
    }
}
