package io.mesosiam.agent.cgroup;

import java.nio.file.Path;

/**
 * How much of a scan one outermost container may use, with all containers nested in it. Root in a container can make any
 * cgroups below its own, and an executor launches nested containers with ids of its choice: without a bound one container
 * would fill the memory of the agent, or of the controllers, which then refuse the whole host.
 */
public final class ContainerShare {
    /** The most containers nested in one outermost container, at all levels. */
    public static final int MAX_NESTED = 256;

    /** The longest id of a nested container, in characters. Mesos's own ids have 36 for each level. */
    public static final int MAX_ID = 1024;

    /** The most characters of the ids of all these: as many for each as controllers expect on average. */
    public static final int MAX_ID_CHARACTERS = MAX_NESTED * 128;

    /**
     * The most cgroups that are read below those of the outermost container and its nested ones, together. Processes in
     * further ones belong to no container.
     */
    public static final int MAX_BELOW = 256;

    /** The longest path of such a cgroup, in characters. The kernel's longest is 4,096. */
    static final int MAX_PATH = 2048;

    /** The most characters of the paths of all these. */
    public static final int MAX_PATH_CHARACTERS = MAX_BELOW * 512;

    private int nested;
    private int idCharacters;
    private int below;
    private int pathCharacters;
    private boolean exceeded;

    /** Takes a part for a nested container. False if there is no room for it: the container is not read. */
    public boolean takesNested(String id) {
        if (isFull()) {
            exceeded = true;
            return false;
        }
        nested++;
        if (id.length() > MAX_ID || idCharacters + id.length() > MAX_ID_CHARACTERS) {
            exceeded = true;
            return false;
        }
        idCharacters += id.length();
        return true;
    }

    /** Whether there is no room for another nested container, whatever its id is. */
    boolean isFull() {
        return nested == MAX_NESTED;
    }

    /** Whether a nested container was refused. */
    boolean isExceeded() {
        return exceeded;
    }

    /** Takes a part for a cgroup below a container's own. False if there is no room for it: it is not read. */
    boolean takesBelow(Path group) {
        int length = group.toString().length();
        if (below == MAX_BELOW) {
            return false;
        }
        below++;
        if (length > MAX_PATH || pathCharacters + length > MAX_PATH_CHARACTERS) {
            return false;
        }
        pathCharacters += length;
        return true;
    }

    /** Whether there is room for another cgroup below a container's own. */
    boolean hasRoomBelow() {
        return below < MAX_BELOW;
    }
}
