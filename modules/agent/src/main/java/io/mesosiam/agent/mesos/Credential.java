package io.mesosiam.agent.mesos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** A principal and its secret. */
record Credential(String principal, String secret) {
    private static final int MAX_FILE = 4096;

    /**
     * Reads the text form that Mesos reads: one line {@code principal secret}.
     *
     * @throws IOException if the file is malformed; the message names the file, but nothing of its contents
     */
    static Credential read(Path file) throws IOException {
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            text = new String(in.readNBytes(MAX_FILE), StandardCharsets.UTF_8);
        }
        String[] parts = text.strip().split("\\s+", -1);
        if (parts.length != 2 || parts[0].contains(":")) {
            throw new IOException(file + " must contain a principal and a secret with white space between them");
        }
        return new Credential(parts[0], parts[1]);
    }

    /** The value of an Authorization header (RFC 7617). */
    String basic() {
        return "Basic "
                + Base64.getEncoder().encodeToString((principal + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return principal + " ***";
    }
}
