package io.mesosiam.agent;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.kernel.DescriptorStore;
import io.mesosiam.agent.maker.RecordedMakers;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** Has the kernel record the makers of sockets, on cgroups v1. On v2 it reports them by itself. */
final class MakerRecording {
    private static final System.Logger LOG = System.getLogger(MakerRecording.class.getName());

    private MakerRecording() {}

    /** @param store where the recording continues while the agent restarts */
    static Optional<RecordedMakers> start(CgroupConfig cgroups, DescriptorStore store) {
        if (cgroups.version() == CgroupVersion.V2) {
            return Optional.empty();
        }
        try {
            RecordedMakers started = RecordedMakers.start(cgroups, store);
            LOG.log(Level.INFO, "kernel records the makers of sockets continued={0}", started.isContinued());
            return Optional.of(started);
        } catch (IOException | LinkageError e) {
            LOG.log(
                    Level.WARNING,
                    "kernel does not record the makers of sockets, containers'' processes are searched reason={0}",
                    FileProblem.describe(e));
            return Optional.empty();
        }
    }
}
