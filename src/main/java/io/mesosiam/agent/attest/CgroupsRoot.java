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
    private volatile boolean confirmed;

    CgroupsRoot(CgroupTree tree) {
        this.tree = tree;
    }

    /** Looks again; one caller at a time. */
    void look() {
        Optional<CgroupDirectory> directory = tree.rootDirectory();
        boolean before = confirmed;
        boolean now = directory.isPresent() && (before || directory.get().hasChildren());
        confirmed = now;
        if (now && !before) {
            LOG.log(Level.INFO, "cgroups root found path={0}", tree.root());
        } else if (before && !now) {
            LOG.log(
                    Level.WARNING,
                    "cgroups root is gone, callers are answered 503 until it is back path={0}",
                    tree.root());
        }
    }

    /** Why a container may have no cgroup below the root; empty once the root is confirmed. */
    Optional<String> objection() {
        return confirmed ? Optional.empty() : Optional.of("there is no cgroup in " + tree.root() + " yet");
    }
}
