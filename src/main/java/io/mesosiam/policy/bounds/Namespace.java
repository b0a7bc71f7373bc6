package io.mesosiam.policy.bounds;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One namespace with the bounds that it sets itself.
 *
 * @param path {@code /} for the root, otherwise a path such as {@code /data/reporting}
 * @param unreadable why its bounds can't be read, for operators; begins with the column. Its policies and those below then
 *     give nothing
 * @param unknownLimits the columns that limit the tasks and can't be read: whether a deny concerns a task isn't known then
 */
public record Namespace(String path, Bounds bounds, Optional<String> unreadable, Set<String> unknownLimits) {
    public Namespace {
        unknownLimits = Set.copyOf(unknownLimits);
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path: must begin with /");
        }
    }

    public Namespace(String path, Bounds bounds) {
        this(path, bounds, Optional.empty(), Set.of());
    }

    /** The path and the paths of all namespaces above it, the root first. */
    public static List<String> pathAndAncestors(String path) {
        List<String> paths = new ArrayList<>();
        paths.add("/");
        for (int end = path.indexOf('/', 1); end >= 0; end = path.indexOf('/', end + 1)) {
            paths.add(path.substring(0, end));
        }
        if (!path.equals("/")) {
            paths.add(path);
        }
        return List.copyOf(paths);
    }

    /** The namespace directly below the root that the path is or is below, such as {@code /data} of {@code /data/reporting}. */
    public static String topmost(String path) {
        int end = path.indexOf('/', 1);
        return end < 0 ? path : path.substring(0, end);
    }

    /** Whether the path is {@code ancestor} or below it. */
    public static boolean isWithin(String path, String ancestor) {
        return ancestor.equals("/") || path.equals(ancestor) || path.startsWith(ancestor + "/");
    }
}
