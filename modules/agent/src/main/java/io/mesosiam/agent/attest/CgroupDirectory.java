package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A group as its directory shows it at one moment.
 *
 * @param device the number of the mounted hierarchy
 * @param links its own two, and one for each group in it; cgroupfs keeps the count
 */
record CgroupDirectory(Path path, long device, long inode, int links) {
    private static final int LINKS_WITHOUT_CHILDREN = 2;

    /** Bounds the work that one container can cause; what is beyond them is no container's. */
    static final int MAX_GROUPS_BELOW = 256;

    static final int MAX_LEVELS_BELOW = 16;

    static Optional<CgroupDirectory> at(Path path) {
        try {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:dev,ino,nlink,isDirectory", LinkOption.NOFOLLOW_LINKS);
            return found.get("isDirectory") instanceof Boolean directory
                            && directory
                            && found.get("dev") instanceof Long device
                            && found.get("ino") instanceof Long inode
                            && found.get("nlink") instanceof Integer links
                    ? Optional.of(new CgroupDirectory(path, device, inode, links))
                    : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Whether this is the other one at another moment: not one of the same name that was mounted or made later. */
    boolean isSame(CgroupDirectory other) {
        return device == other.device && inode == other.inode;
    }

    boolean hasChildren() {
        return links > LINKS_WITHOUT_CHILDREN;
    }

    /**
     * The groups below this one at all levels, the nearest first.
     *
     * @param counts which of the groups directly below it count, with what is below them
     */
    List<CgroupDirectory> below(Predicate<Path> counts) {
        List<CgroupDirectory> found = new ArrayList<>();
        List<CgroupDirectory> level = childrenOf(this, counts, MAX_GROUPS_BELOW);
        for (int i = 0; i < MAX_LEVELS_BELOW && !level.isEmpty(); i++) {
            found.addAll(level);
            List<CgroupDirectory> next = new ArrayList<>();
            for (CgroupDirectory group : level) {
                next.addAll(childrenOf(group, every -> true, MAX_GROUPS_BELOW - found.size() - next.size()));
            }
            level = next;
        }
        return found;
    }

    private static List<CgroupDirectory> childrenOf(CgroupDirectory group, Predicate<Path> counts, int most) {
        return most > 0 && group.hasChildren()
                ? children(group.path()).stream()
                        .filter(counts)
                        .flatMap(child -> at(child).stream())
                        .limit(most)
                        .toList()
                : List.of();
    }

    /** All entries of a directory, files too; none once it is gone. */
    static List<Path> children(Path directory) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(children::add);
        } catch (NoSuchFileException gone) {
            return List.of();
        } catch (DirectoryIteratorException | IOException e) {
            // removed while we read it: ENODEV. Anything else must not look like "no containers", which would end them
            // all
            if (Files.exists(directory)) {
                throw new UncheckedIOException(
                        "can't list " + directory, e instanceof IOException io ? io : new IOException(e));
            }
            return List.of();
        }
        return children;
    }
}
