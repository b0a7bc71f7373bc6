package io.mesosiam.agent.config;

import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What proves to the controllers that this host may enrol. */
public sealed interface ProofSource {
    /** EC2's statement of which instance this host is. */
    record Ec2(RootPin pin) implements ProofSource {}

    /**
     * A join token.
     *
     * @param token the token itself, if it is a variable
     * @param file the file that holds it; read again for each attempt, and never after the host is enrolled
     */
    record Token(Optional<JoinToken> token, Optional<Path> file) implements ProofSource {
        private static final int LONGEST_FILE = 4096;

        /** Attributes of the file that change when it is written or replaced, or its rights are changed; empty if there is none. */
        public Optional<Map<String, Object>> version() {
            return file.flatMap(path -> {
                try {
                    return Optional.of(Files.readAttributes(path, "unix:ino,size,ctime"));
                } catch (IOException e) {
                    // reading it says why
                    return Optional.empty();
                }
            });
        }

        /**
         * The join token; empty if there is none.
         *
         * @throws IOException if the file can't be read or holds something else; the message never contains the content
         */
        public Optional<JoinToken> read() throws IOException {
            return token.isPresent() || file.isEmpty() ? token : read(file.get());
        }

        private static Optional<JoinToken> read(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                String text = new String(in.readNBytes(LONGEST_FILE), StandardCharsets.US_ASCII).strip();
                return Optional.of(JoinToken.parse(text));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw new IOException(file + " can't be read: " + FileProblem.reason(file, e), e);
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ": its content " + e.getMessage(), e);
            }
        }
    }
}
