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

    /** The nested containers that each outermost container can have in any case. */
    static final int OWN_NESTED = 8;

    /** The cgroups below that each can have: a container in which systemd runs has some dozens. */
    static final int OWN_BELOW = 32;

    private final HostTotal.Part nested;
    private final HostTotal.Part idCharacters;
    private final HostTotal.Part below;
    private final HostTotal.Part pathCharacters;
    private boolean exceeded;

    private ContainerShare(OfHost host) {
        nested = host.nested.part();
        idCharacters = host.idCharacters.part();
        below = host.below.part();
        pathCharacters = host.pathCharacters.part();
    }

    /** What all outermost containers of a host may use together in a scan. */
    public static final class OfHost {
        private final HostTotal nested = new HostTotal(OWN_NESTED, MAX_NESTED);
        private final HostTotal idCharacters = new HostTotal(OWN_NESTED * 128, MAX_ID_CHARACTERS);
        private final HostTotal below = new HostTotal(OWN_BELOW, MAX_BELOW);
        private final HostTotal pathCharacters = new HostTotal(OWN_BELOW * 256, MAX_PATH_CHARACTERS);

        /** The share of another outermost container. */
        public ContainerShare share() {
            return new ContainerShare(this);
        }
    }

    /** Takes a part for a nested container. False if there is no room for it: the container is not read. */
    public boolean takesNested(String id) {
        boolean taken = nested.takes(1) && id.length() <= MAX_ID && idCharacters.takes(id.length());
        exceeded |= !taken;
        return taken;
    }

    /** Whether there is no room for another nested container, whatever its id is. */
    boolean isFull() {
        return nested.left() == 0;
    }

    /** Whether a nested container was refused. */
    boolean isExceeded() {
        return exceeded;
    }

    /** Takes a part for a cgroup below a container's own. False if there is no room for it: it is not read. */
    boolean takesBelow(Path group) {
        int length = group.toString().length();
        return below.takes(1) && length <= MAX_PATH && pathCharacters.takes(length);
    }

    /** Whether there is room for another cgroup below a container's own. */
    boolean hasRoomBelow() {
        return below.left() > 0;
    }
}
