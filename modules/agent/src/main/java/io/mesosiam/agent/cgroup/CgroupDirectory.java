package io.mesosiam.agent.cgroup;

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
 * A cgroup's directory at one moment.
 *
 * @param device number of the mounted hierarchy
 * @param links two of its own, and one for each child cgroup; cgroupfs maintains the count
 */
public record CgroupDirectory(Path path, long device, long inode, int links) {
    private static final int LINKS_WITHOUT_CHILDREN = 2;

    public static final int MAX_LEVELS_BELOW = 16;

    public static Optional<CgroupDirectory> at(Path path) {
        try {
            return read(path);
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Optional<CgroupDirectory> read(Path path) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(path, "unix:dev,ino,nlink,isDirectory", LinkOption.NOFOLLOW_LINKS);
        return found.get("isDirectory") instanceof Boolean directory
                        && directory
                        && found.get("dev") instanceof Long device
                        && found.get("ino") instanceof Long inode
                        && found.get("nlink") instanceof Integer links
                ? Optional.of(new CgroupDirectory(path, device, inode, links))
                : Optional.empty();
    }

    /**
     * Whether the cgroup with this inode is certainly not at this path any more. A task can make and remove cgroups
     * inside its own all the time: that another one has its name by now doesn't mean that it could not be read.
     */
    static boolean isGone(Path path, long inode) {
        try {
            return read(path).filter(now -> now.inode == inode).isEmpty();
        } catch (NoSuchFileException removed) {
            return true;
        } catch (IOException notKnown) {
            return false;
        }
    }

    /**
     * Whether the other one is the same directory at another moment, not one of the same name that was mounted or made
     * later.
     */
    boolean isSame(CgroupDirectory other) {
        return device == other.device && inode == other.inode;
    }

    boolean hasChildren() {
        return hasChildrenBeside(0);
    }

    /** Whether there are more children than this number. */
    boolean hasChildrenBeside(int known) {
        return links > LINKS_WITHOUT_CHILDREN + known;
    }

    /**
     * The cgroups below this one, the nearest first, as many as the share has room for.
     *
     * @param counts selects the direct children to include, with their descendants
     */
    List<CgroupDirectory> below(Predicate<Path> counts, ContainerShare share) {
        List<CgroupDirectory> found = new ArrayList<>();
        List<CgroupDirectory> level = childrenOf(this, counts, share);
        for (int i = 1; i <= MAX_LEVELS_BELOW && !level.isEmpty(); i++) {
            found.addAll(level);
            List<CgroupDirectory> next = new ArrayList<>();
            if (i < MAX_LEVELS_BELOW) {
                level.forEach(group -> next.addAll(childrenOf(group, every -> true, share)));
            }
            level = next;
        }
        return found;
    }

    private static boolean isPlain(String name) {
        return name.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    private static List<CgroupDirectory> childrenOf(
            CgroupDirectory group, Predicate<Path> counts, ContainerShare share) {
        List<CgroupDirectory> children = new ArrayList<>();
        if (group.hasChildren() && share.hasRoomBelow()) {
            forEachEntry(group, child -> {
                if (counts.test(child)) {
                    at(child).filter(own -> share.takesBelow(own.path())).ifPresent(children::add);
                }
                return share.hasRoomBelow();
            });
        }
        return children;
    }

    /**
     * Reads the entries of a directory one by one, files included; none once it is gone. There may be any number of them,
     * with names of 255 characters. Names with other characters than those of ASCII are left out: a name can have any bytes,
     * also some that no text stands for, and then no file of it can be opened by its path's text.
     *
     * @param goesOn whether another entry is to be read
     */
    public static void forEachEntry(CgroupDirectory directory, Predicate<Path> goesOn) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.path)) {
            for (Path entry : entries) {
                if (isPlain(entry.getFileName().toString()) && !goesOn.test(entry)) {
                    return;
                }
            }
        } catch (NoSuchFileException gone) {
            // it has no entries
        } catch (DirectoryIteratorException | IOException e) {
            // removed while it is read: ENODEV. Other errors must not look like an empty list, which would end all
            // containers
            if (!isGone(directory.path, directory.inode)) {
                throw new UncheckedIOException(
                        "can't list " + directory.path, e instanceof IOException io ? io : new IOException(e));
            }
        }
    }
}
