package io.mesosiam.agent.attest;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads a file of procfs or cgroupfs, which are made while they are read and have no size beforehand. */
final class KernelFile {
    private static final int USUAL = 4096;

    /** A routing table may be long; beyond this it isn't a container's. */
    private static final int MOST = 4 << 20;

    private KernelFile() {}

    /**
     * The whole text; every byte is a character, since a command's name may hold any bytes. Half as expensive as
     * {@link java.nio.file.Files#readString}, which matters where hundreds of them are read for one answer.
     *
     * @throws IOException if it isn't there, its process or group ended while it was read, or it is too long
     */
    static String read(Path file) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toString())) {
            byte[] text = new byte[USUAL];
            int length = 0;
            int read = in.read(text);
            while (read > 0) {
                length += read;
                if (length == text.length) {
                    if (length >= MOST) {
                        throw new IOException(file + " is longer than " + MOST + " bytes");
                    }
                    text = Arrays.copyOf(text, 2 * length);
                }
                read = in.read(text, length, text.length - length);
            }
            return new String(text, 0, length, StandardCharsets.ISO_8859_1);
        }
    }
}
