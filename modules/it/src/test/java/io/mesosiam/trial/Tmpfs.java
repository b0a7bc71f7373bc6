package io.mesosiam.trial;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system in memory, which can be full. Requires root. */
final class Tmpfs implements AutoCloseable {
    private final Path mount;
    private final Path fill;

    /** @param size as mount(8) takes it, such as {@code 200m} */
    Tmpfs(String size) throws IOException {
        mount = Files.createTempDirectory("mesos-iam-trial-tmpfs");
        fill = mount.resolve("fill");
        Commands.run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", mount.toString());
    }

    Path mount() {
        return mount;
    }

    /** Writes until no byte is left. */
    void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(fill)) {
            for (byte[] part = new byte[4096]; ; ) {
                out.write(part);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space")) {
                throw full;
            }
        }
    }

    /** Makes room again. */
    void empty() throws IOException {
        Files.deleteIfExists(fill);
    }

    @Override
    public void close() throws IOException {
        Commands.run("umount", "-l", mount.toString());
        Files.delete(mount);
    }
}
