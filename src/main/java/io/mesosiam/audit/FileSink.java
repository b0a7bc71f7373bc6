package io.mesosiam.audit;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file to which events are appended, a line of JSON each. It is on the disk before the position in the database moves. A new
 * file is readable by its owner alone. A file that was renamed, as a log rotation does, is left, and a new one begins.
 */
final class FileSink implements AuditSink {
    private final Path file;
    private volatile @Nullable FileChannel channel;
    private @Nullable Object key;

    FileSink(Path file) {
        this.file = file;
    }

    @Override
    public void write(List<AuditedEvent> events) throws IOException {
        StringBuilder lines = new StringBuilder();
        events.forEach(event -> lines.append(event.line()).append('\n'));
        try {
            append(StandardCharsets.UTF_8.encode(lines.toString()));
        } catch (IOException e) {
            // a part of a line may have been written, which is ended when the file is opened again
            close();
            throw e;
        }
    }

    private void append(ByteBuffer bytes) throws IOException {
        FileChannel open = open();
        while (bytes.hasRemaining()) {
            int _ = open.write(bytes);
        }
        open.force(false);
    }

    private FileChannel open() throws IOException {
        FileChannel open = channel;
        if (open != null && open.isOpen() && Objects.equals(key, currentKey())) {
            return open;
        }
        close();
        FileChannel opened = FileChannel.open(
                file,
                Set.of(CREATE, READ, WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        channel = opened;
        key = currentKey();
        opened.position(opened.size());
        endPartialLine(opened);
        return opened;
    }

    /** A full disk or a killed process may have left a part of a line. The event is written again, on a line of its own. */
    private static void endPartialLine(FileChannel opened) throws IOException {
        if (opened.size() == 0) {
            return;
        }
        ByteBuffer last = ByteBuffer.allocate(1);
        int _ = opened.read(last, opened.size() - 1);
        if (last.get(0) != '\n') {
            int _ = opened.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    private @Nullable Object currentKey() throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
