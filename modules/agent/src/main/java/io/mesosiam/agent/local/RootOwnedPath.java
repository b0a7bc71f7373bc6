package io.mesosiam.agent.local;

import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A path that only root can have created and can change: it and all directories above it belong to root, and no other
 * user may write to those directories.
 *
 * @param path without links
 */
public record RootOwnedPath(Path path) {
    private static final int ROOT = 0;
    private static final int OTHERS_WRITE = 0022;

    /** The problem that {@link #check} finds with a path, without the path itself; empty if there is none. */
    public static Optional<String> problem(Path path) {
        try {
            RootOwnedPath unused = check(path);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(FileProblem.reason(path, e));
        }
    }

    /**
     * Checks a path as it is now.
     *
     * @throws IOException if it does not exist, or another user can change it; the message names who and where
     */
    public static RootOwnedPath check(Path path) throws IOException {
        Path real = path.toRealPath();
        for (Path part = real; part != null; part = part.getParent()) {
            Map<String, Object> found = Files.readAttributes(part, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            if (!(found.get("uid") instanceof Integer user) || user != ROOT) {
                throw new IOException(part + " isn't root's");
            }
            if (Files.isDirectory(part, LinkOption.NOFOLLOW_LINKS)
                    && (!(found.get("mode") instanceof Integer mode) || (mode & OTHERS_WRITE) != 0)) {
                throw new IOException(part + " can be written by others than root");
            }
        }
        return new RootOwnedPath(real);
    }
}
