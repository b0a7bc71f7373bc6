package io.mesosiam.agent.config;

import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How this host is enrolled.
 *
 * @param controllers the controllers' enrolment ports, {@code https://host:port}
 * @param token the join token, if it is a variable
 * @param tokenFile the file that holds the join token; read again for each attempt, and never after the host is enrolled
 * @param state the directory of the key, the certificate and the authorities
 */
public record EnrolmentSettings(
        List<URI> controllers, Optional<JoinToken> token, Optional<Path> tokenFile, Path state) {
    private static final int LONGEST_TOKEN_FILE = 4096;

    public EnrolmentSettings {
        controllers = List.copyOf(controllers);
    }

    /** The link to the directory of the certificate in use; absent before the host is enrolled. */
    public Path current() {
        return state.resolve("current");
    }

    /**
     * The files of the certificate in use. They belong together, even if a new certificate is stored while they are read: the
     * link is followed once.
     */
    AgentConfig.KeyFiles keyFiles() {
        try {
            return AgentConfig.KeyFiles.in(current().toRealPath());
        } catch (IOException e) {
            // the reader of the files reports what is wrong
            return AgentConfig.KeyFiles.in(current());
        }
    }

    /**
     * The join token; empty if there is none.
     *
     * @throws IOException if the file can't be read or holds something else; the message never contains the content
     */
    public Optional<JoinToken> joinToken() throws IOException {
        return token.isPresent() || tokenFile.isEmpty() ? token : read(tokenFile.get());
    }

    private static Optional<JoinToken> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(LONGEST_TOKEN_FILE), StandardCharsets.US_ASCII).strip();
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
