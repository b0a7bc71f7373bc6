package io.mesosiam.agent;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A cgroup that other programs of the host may use at the same time, such as that of all services. It is created if it is absent; the program
 * that created it removes it, unless another one has made groups in it.
 */
public final class SharedGroup {
    private final Path path;
    private boolean ours;

    public SharedGroup(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /** Creates a group in it. */
    public Path create(String name) throws IOException {
        while (true) {
            try {
                return Files.createDirectory(path.resolve(name));
            } catch (NoSuchFileException absent) {
                createItself();
            }
        }
    }

    private void createItself() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            ours = true;
        }
    }

    /** Removes it if it is ours and without groups of others; our own ones must be gone. */
    public void remove() throws IOException {
        if (ours) {
            try {
                Files.delete(path);
            } catch (DirectoryNotEmptyException | NoSuchFileException othersUseIt) {
                // or have removed it
            } catch (FileSystemException e) {
                if (!"Device or resource busy".equals(e.getReason())) {
                    throw e;
                }
            }
        }
    }
}
