package io.mesosiam.agent.doctor;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.connect.ConnectLimit;
import io.mesosiam.agent.connect.Destinations;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.util.List;

/**
 * Checks whether the kernel can limit the connections that a container opens to the agent. It limits them a second time
 * for that moment.
 *
 * @param cgroupsRoot Mesos's {@code --cgroups_root}
 * @param taskCgroups on cgroups v2, the cgroups below which containers have their own
 * @param perSecond the limit; 0 for none
 */
public record ConnectCheck(
        String cgroupsRoot, List<String> taskCgroups, Destinations destinations, int perSecond, Place place)
        implements Check {
    private static final String NAME = "connections";

    public ConnectCheck {
        taskCgroups = List.copyOf(taskCgroups);
    }

    @Override
    public List<Finding> findings() {
        if (perSecond == 0) {
            return List.of(Finding.warning(
                    NAME,
                    "the connections of a container are not limited, so that it can delay other containers' requests",
                    "set MESOS_IAM_AGENT_ASKS_PER_SECOND to another value than 0"));
        }
        CgroupConfig config;
        try {
            config = CgroupConfig.detect(cgroupsRoot);
        } catch (IllegalStateException notMounted) {
            return List.of(); // the check of cgroups reports it
        }
        try (ConnectLimit _ = ConnectLimit.start(config, taskCgroups, destinations, perSecond)) {
            return List.of(
                    Finding.ok(NAME, "the kernel refuses those of a container beyond " + perSecond + " a second"));
        } catch (IOException | LinkageError e) {
            return List.of(Finding.warning(
                    NAME,
                    "the kernel can't limit those of a container (" + FileProblem.describe(e)
                            + "): the agent closes excess ones, which delays other containers' requests",
                    KernelPrograms.cure("docs/agent.md", place)));
        }
    }
}
