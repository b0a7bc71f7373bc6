package io.mesosiam.agent.cgroup;

import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Checks whether the cgroups root is the one in use by Mesos: it exists, and has held a cgroup since this agent
 * started. Mesos makes the root when it first starts after a boot, so an absent root is either not made yet or the
 * wrong one. Until it is confirmed, no caller is refused for not being in a container.
 *
 * <p>An empty root does not confirm it: the redirect makes the cgroups that its rules name, whether or not Mesos uses
 * them.
 */
public final class CgroupsRoot {
    private static final System.Logger LOG = System.getLogger(CgroupsRoot.class.getName());

    private final CgroupTree tree;
    /** The root's directory when it was last confirmed. */
    private volatile Optional<CgroupDirectory> known = Optional.empty();

    private volatile boolean lost;

    public CgroupsRoot(CgroupTree tree) {
        this.tree = tree;
    }

    /**
     * Checks again; one thread at a time. A confirmed root that is absent or another directory, such as one mounted
     * over it, counts as lost at least until the next check.
     */
    public void scan() {
        Optional<CgroupDirectory> directory = tree.rootDirectory();
        boolean same =
                directory.filter(now -> known.filter(now::isSame).isPresent()).isPresent();
        if (isConfirmed()) {
            lost = !same;
            if (lost) {
                LOG.log(
                        Level.WARNING,
                        "cgroups root is missing, callers are answered 503 until it is back path={0}",
                        tree.root());
            }
        } else if (same || directory.filter(CgroupDirectory::hasChildren).isPresent()) {
            known = directory;
            lost = false;
            LOG.log(Level.INFO, "cgroups root found path={0}", tree.root());
        }
    }

    private boolean isConfirmed() {
        return known.isPresent() && !lost;
    }

    /** The reason why a container may have no cgroup below the root; empty once the root is confirmed. */
    public Optional<String> objection() {
        return isConfirmed()
                ? Optional.empty()
                : Optional.of("there is no cgroup in " + tree.root() + (lost ? " any more" : " yet"));
    }

    /**
     * The reason why containers that had a cgroup below the root may have none now; empty if the root was not confirmed
     * before.
     */
    public Optional<String> loss() {
        return lost ? objection() : Optional.empty();
    }
}
