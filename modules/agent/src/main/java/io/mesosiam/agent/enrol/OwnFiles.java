package io.mesosiam.agent.enrol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Files and directories for the agent's user alone. They have their rights from the moment they exist. */
final class OwnFiles {
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final int OTHERS = 0077;
    private static final int PERMISSIONS = 0777;

    private OwnFiles() {}

    static void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory, DIRECTORY);
    }

    static Path createTemporaryDirectory(Path parent, String prefix) throws IOException {
        return Files.createTempDirectory(parent, prefix, DIRECTORY);
    }

    /** Makes a file with this content, which is on the disk when the method returns. */
    static void write(Path file, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
        try (FileChannel out =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            out.force(true);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Writes the entries of a directory to the disk. */
    static void sync(Path directory) throws IOException {
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    static String read(Path file, int longest) throws IOException {
        if (Files.size(file) > longest) {
            throw new IOException(file + " is longer than " + longest + " bytes");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /** @throws IOException if it is no directory of the agent's user alone; the message names it, and the cure */
    static void checkDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + " is no directory");
        }
        check(directory, "chmod 700");
    }

    /** @throws IOException if it is no file of the agent's user alone; the message names it, and the cure */
    static void checkFile(Path file) throws IOException {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " does not exist: delete what is in the directory, and enrol the host again");
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is no regular file");
        }
        check(file, "chmod 600");
    }

    private static void check(Path path, String cure) throws IOException {
        Map<String, Object> found = Files.readAttributes(path, "unix:uid,mode");
        if (!(found.get("mode") instanceof Integer mode) || !(found.get("uid") instanceof Integer owner)) {
            throw new IOException(path + " has no rights that can be read");
        }
        Optional<String> others = others(path, mode);
        if (others.isPresent()) {
            throw new IOException(others.get() + ": " + cure + " if no other user could read it, else delete it");
        }
        int own = ownUser();
        if (owner != own) {
            throw new IOException(path + " belongs to user " + owner + ", this program runs as user " + own);
        }
    }

    /** Which rights other users have on a file, as a sentence; empty if they have none, or there is no such file. */
    static Optional<String> rightsOfOthers(Path file) {
        try {
            return Files.getAttribute(file, "unix:mode") instanceof Integer mode
                    ? others(file, mode)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> others(Path path, int mode) {
        return (mode & OTHERS) == 0
                ? Optional.empty()
                : Optional.of("%s can be used by other users (mode %o)".formatted(path, mode & PERMISSIONS));
    }

    /** The effective user. The owner of {@code /proc/self} is root if no core of this process may be dumped. */
    private static int ownUser() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Uid:")) {
                return Integer.parseInt(line.split("\t", -1)[2]);
            }
        }
        throw new IOException("/proc/self/status has no line Uid");
    }
}
