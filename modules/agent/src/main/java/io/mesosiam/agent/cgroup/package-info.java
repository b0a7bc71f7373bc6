/**
 * Reads cgroups: where they are mounted, which ones are those of Mesos's containers and of the containers that Docker
 * runs, and the processes in them. {@link io.mesosiam.agent.cgroup.CgroupConfig} says where they are,
 * {@link io.mesosiam.agent.cgroup.CgroupTree} reads them.
 */
@NullMarked
package io.mesosiam.agent.cgroup;

import org.jspecify.annotations.NullMarked;
