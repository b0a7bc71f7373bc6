package io.mesosiam.enrol.authority;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SequencedMap;
import java.util.Set;

/** A file that only its owner can read and write. */
final class PrivateFile {
    private PrivateFile() {}

    /**
     * Replaces files, each in one step, or makes them. All contents are on the disk before the first is replaced, so that a crash
     * between them is unlikely.
     */
    static void replace(SequencedMap<Path, byte[]> contents) throws IOException {
        try {
            for (var content : contents.entrySet()) {
                boolean unused = Files.deleteIfExists(next(content.getKey()));
                write(next(content.getKey()), content.getValue());
            }
            for (Path file : contents.sequencedKeySet()) {
                var _ = Files.move(
                        next(file), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            for (Path file : contents.sequencedKeySet()) {
                boolean unused = Files.deleteIfExists(next(file));
            }
        }
    }

    private static Path next(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".new");
    }

    /** Never replaces a file. Returns when the content is on the disk. */
    static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                int unused = channel.write(left);
            }
            channel.force(true);
        }
    }
}
