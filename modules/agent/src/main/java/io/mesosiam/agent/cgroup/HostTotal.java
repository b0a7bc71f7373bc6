package io.mesosiam.agent.cgroup;

/**
 * How much of something one outermost container may use in a scan, and all of a host together. A little is each container's
 * own; what exceeds it is taken from what all have in common. So containers that use as much as they can don't fill the
 * memory of the agent together, and leave the others what these usually need. Not thread-safe.
 */
public final class HostTotal {
    /** How many outermost containers can use all that one may use. */
    private static final int CONTAINERS = 8;

    private final int own;
    private final int most;
    private int common;

    /**
     * Creates one of which nothing is used.
     *
     * @param own what each outermost container can use in any case
     * @param most what one may use
     */
    public HostTotal(int own, int most) {
        this.own = own;
        this.most = most;
        this.common = CONTAINERS * most;
    }

    /** The part of another outermost container. */
    public Part part() {
        return new Part();
    }

    /** What one outermost container may use. */
    public final class Part {
        private int used;

        private Part() {}

        /** How much more it may use. */
        public int left() {
            return Math.min(most - used, Math.max(0, own - used) + common);
        }

        /** Uses so much. False if that is more than is left. */
        public boolean takes(int more) {
            if (more > left()) {
                return false;
            }
            common -= Math.max(0, used + more - own) - Math.max(0, used - own);
            used += more;
            return true;
        }
    }
}
