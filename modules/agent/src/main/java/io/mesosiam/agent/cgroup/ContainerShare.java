package io.mesosiam.agent.cgroup;

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

    private int nested;
    private int idCharacters;
    private boolean exceeded;

    /** The id of the container in which a container is nested at all levels; its own if it is not nested. */
    public static String outermostOf(String id) {
        int nested = id.indexOf('/');
        return nested < 0 ? id : id.substring(0, nested);
    }

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
}
