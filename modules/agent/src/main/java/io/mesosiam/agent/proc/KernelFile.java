package io.mesosiam.agent.proc;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads a file of procfs or cgroupfs. Such files are generated while they are read and report no size. */
public final class KernelFile {
    private static final int USUAL = 4096;

    /** Maximum length in bytes. */
    private static final int MOST = 4 << 20;

    /** Maximum number of lines that are read one by one. A routing table may be long, but no container's is longer. */
    private static final int MOST_LINES = 1 << 17;

    private static final Pattern LINE_FEED = Pattern.compile("\n");

    private KernelFile() {}

    /**
     * The lines of a text, none if it is empty. Only a line feed ends one, as in the kernel: the names of processes, cgroups and mount points
     * may contain every other character, and some readers take a carriage return for the end of a line.
     */
    public static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : LINE_FEED.splitAsStream(text).toList();
    }

    /**
     * Reads lines one by one, so that a table of any length takes no memory. Reading ends with the last line that the reader
     * takes.
     *
     * @throws IOException as {@link #read}, except for the length
     */
    public static <T> T read(Path file, Function<Stream<String>, T> reader) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            return reader.apply(lines.lines().limit(MOST_LINES));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * The whole text, each byte as one character, since a command's name may contain any bytes. Takes half the time of
     * {@link java.nio.file.Files#readString}, which matters because one answer may read hundreds of files.
     *
     * @throws IOException if the file does not exist, its process or cgroup ended while it was read, or it is too long
     */
    public static String read(Path file) throws IOException {
        String text = start(file, MOST);
        if (text.length() >= MOST) {
            throw new IOException(file + " is longer than " + MOST + " bytes");
        }
        return text;
    }

    /**
     * The first lines of a text of any length: those that end within its first bytes.
     *
     * @throws IOException as {@link #read}, except for the length
     */
    public static List<String> firstLines(Path file, int bytes) throws IOException {
        String text = start(file, bytes);
        return lines(text.length() < bytes ? text : text.substring(0, text.lastIndexOf('\n') + 1));
    }

    private static String start(Path file, int most) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toString())) {
            byte[] text = new byte[Math.min(USUAL, most)];
            int length = 0;
            int read = in.read(text);
            while (read > 0) {
                length += read;
                if (length == most) {
                    break;
                }
                if (length == text.length) {
                    text = Arrays.copyOf(text, Math.min(2 * length, most));
                }
                read = in.read(text, length, text.length - length);
            }
            return new String(text, 0, length, StandardCharsets.ISO_8859_1);
        }
    }
}
