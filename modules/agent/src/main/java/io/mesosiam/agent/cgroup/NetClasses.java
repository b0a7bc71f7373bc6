package io.mesosiam.agent.cgroup;

import io.mesosiam.agent.proc.KernelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The classes that Mesos's {@code cgroups/net_cls} isolation assigns to sockets: one for each root container, shared by
 * the containers nested in it. There are none without that isolation, or if Mesos has no
 * {@code --cgroups_net_cls_primary_handle} to derive them from.
 */
public final class NetClasses {
    private final Optional<Path> mesosGroup;

    public NetClasses(CgroupConfig config) {
        this.mesosGroup = config.netCls().map(mount -> mount.resolve(config.cgroupRoot()));
    }

    /** The class of a container's sockets. */
    public OptionalLong of(String id) {
        String root = ContainerPath.outermost(id);
        return mesosGroup.isPresent() && ContainerPath.isSegment(root)
                ? read(mesosGroup.get().resolve(root).resolve("net_cls.classid"))
                : OptionalLong.empty();
    }

    private static OptionalLong read(Path file) {
        try {
            long classId = Long.parseLong(KernelFile.read(file).strip());
            return classId == 0 ? OptionalLong.empty() : OptionalLong.of(classId);
        } catch (IOException | NumberFormatException none) {
            return OptionalLong.empty();
        }
    }
}
