package io.mesosiam.agent.attest;

import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Whether the cgroups root is the one that Mesos uses: it exists, and has held a cgroup since this agent first looked. Mesos makes the root at its first start after
 * a boot, so a root that is absent is either not made yet or the wrong one; until it is confirmed, nobody is refused for being no container.
 *
 * <p>An empty root does not count: the redirect makes the cgroups that its rules name, whether or not Mesos uses them.
 */
final class CgroupsRoot {
    private static final System.Logger LOG = System.getLogger(CgroupsRoot.class.getName());

    private final CgroupTree tree;
    /** As it was when it was last confirmed. */
    private volatile Optional<CgroupDirectory> known = Optional.empty();

    private volatile boolean lost;

    CgroupsRoot(CgroupTree tree) {
        this.tree = tree;
    }

    /**
     * Looks again; one caller at a time. A confirmed root that is absent or another directory, such as one that is mounted over it, is
     * lost for this look at least.
     */
    void look() {
        Optional<CgroupDirectory> directory = tree.rootDirectory();
        boolean same =
                directory.filter(now -> known.filter(now::isSame).isPresent()).isPresent();
        if (isConfirmed()) {
            lost = !same;
            if (lost) {
                LOG.log(
                        Level.WARNING,
                        "cgroups root is gone, callers are answered 503 until it is back path={0}",
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

    /** Why a container may have no cgroup below the root; empty once the root is confirmed. */
    Optional<String> objection() {
        return isConfirmed()
                ? Optional.empty()
                : Optional.of("there is no cgroup in " + tree.root() + (lost ? " any more" : " yet"));
    }

    /** Why containers that had a cgroup below the root may have none now; empty if the root was not confirmed before. */
    Optional<String> loss() {
        return lost ? objection() : Optional.empty();
    }
}
