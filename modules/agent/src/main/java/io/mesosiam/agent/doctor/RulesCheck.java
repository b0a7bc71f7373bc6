package io.mesosiam.agent.doctor;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.redirect.HostBoundary;
import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import io.mesosiam.agent.redirect.Redirect;
import io.mesosiam.agent.redirect.RedirectSettings;
import io.mesosiam.agent.redirect.RulesException;
import java.io.IOException;
import java.util.List;

/**
 * Checks whether a container can reach the host's own instance role. It can't while the rules are installed.
 *
 * @param on whether the agent maintains the rules
 */
public record RulesCheck(RedirectSettings settings, boolean on) implements Check {
    @Override
    public List<Finding> findings() {
        return List.of(rules(), boundary(), uplink());
    }

    private Finding rules() {
        try {
            if (Redirect.present() && !Redirect.guarded()) {
                return Finding.failure(
                        "rules",
                        "installed without the guard: while the agent is down, any process on the host's network that takes"
                                + " its port answers in its place",
                        "start this version of the agent, which installs its own rules");
            }
            if (Redirect.present()) {
                return Finding.ok("rules", "installed: containers reach the agent, not the instance metadata service");
            }
        } catch (RulesException e) {
            return Finding.failure(
                    "rules", "not known, " + e.getMessage(), "install nftables, and run this with NET_ADMIN");
        }
        return on
                ? Finding.failure(
                        "rules",
                        "not installed, or only a part of them: containers reach the host's own instance role",
                        "start the agent, or see in its log why it could not install them")
                : Finding.warning(
                        "rules",
                        "the agent maintains none, and it is not known whether other rules block containers from the instance role",
                        "set MESOS_IAM_AGENT_REDIRECT=on");
    }

    private static Finding uplink() {
        try {
            var bridges = Redirect.bridgedUplinks();
            return bridges.isEmpty()
                    ? Finding.ok("uplink", "no default route leaves by a bridge of containers")
                    : Finding.warning(
                            "uplink",
                            "a default route leaves by " + bridges
                                    + ", a bridge of containers: their requests are dropped,"
                                    + " since packets that arrive by an uplink count as the network's",
                            "give the containers a bridge without a default route");
        } catch (IOException e) {
            return Finding.warning(
                    "uplink", "not known: " + e.getMessage(), "run this with /proc and /sys of the host");
        }
    }

    private Finding boundary() {
        return boundary(
                Redirect.boundary(settings),
                CgroupConfig.detect(CgroupConfig.DEFAULT_CGROUP_ROOT).netCls().isPresent());
    }

    /** @param classes whether this host has a net_cls hierarchy */
    static Finding boundary(HostBoundary boundary, boolean classes) {
        return switch (boundary) {
            case TaskCgroups(var paths) ->
                Finding.ok("boundary", "on the host's network, processes in the cgroups " + paths + " are tasks");
            case TaskClasses(var handle)
            when !classes ->
                Finding.failure(
                        "boundary",
                        "this host has no net_cls hierarchy, so no socket has a class 0x%x:*".formatted(handle)
                                + ": tasks on the host's network can't be distinguished from the host",
                        "mount cgroups v1's net_cls and give the Mesos agent the isolation cgroups/net_cls, or leave out"
                                + " MESOS_IAM_AGENT_REDIRECT_NET_CLS_HANDLE");
            case TaskClasses(var handle) ->
                Finding.ok(
                        "boundary",
                        "on the host's network, sockets with a net_cls class 0x%x:* are tasks".formatted(handle));
            case HostUsers(var uids)
            when uids.isEmpty() ->
                Finding.warning(
                        "boundary",
                        "tasks can't be identified by cgroup: while the rules are installed, no process of this host reaches the"
                                + " real metadata service",
                        "use cgroup v2, set MESOS_IAM_AGENT_REDIRECT_NET_CLS_HANDLE (without effect with"
                                + " MESOS_IAM_AGENT_DOCKER_SOCKET), or name the services' users in"
                                + " MESOS_IAM_AGENT_REDIRECT_HOST_UIDS");
            case HostUsers(var uids)
            when uids.contains(0) ->
                Finding.failure(
                        "boundary",
                        "every process of root reaches the host's instance role, tasks on the host's network too",
                        "give the host's services their own users and name those");
            case HostUsers(var uids) ->
                Finding.warning(
                        "boundary",
                        "tasks can't be identified by cgroup: every process of the users " + uids
                                + " reaches the instance role",
                        "let no framework run tasks as one of them (ACL run_tasks)");
        };
    }
}
