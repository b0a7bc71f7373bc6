package io.mesosiam.agent.doctor;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import io.mesosiam.agent.redirect.Redirect;
import io.mesosiam.agent.redirect.RedirectSettings;
import io.mesosiam.agent.redirect.RulesException;
import java.util.List;

/**
 * Can a container reach the host's own instance role? Not while the rules are in place.
 *
 * @param on whether the agent is to keep them
 */
public record RulesCheck(RedirectSettings settings, boolean on) implements Check {
    @Override
    public List<Finding> findings() {
        return List.of(rules(), boundary());
    }

    private Finding rules() {
        try {
            if (Redirect.present()) {
                return Finding.ok("rules", "in place: containers reach the agent, not the instance metadata service");
            }
        } catch (RulesException e) {
            return Finding.failure(
                    "rules", "not known, " + e.getMessage(), "install nftables, and run this with NET_ADMIN");
        }
        return on
                ? Finding.failure(
                        "rules",
                        "not in place: every container reaches the host's own instance role",
                        "start the agent, or see in its log why it could not put them in")
                : Finding.warning(
                        "rules",
                        "the agent keeps none, and whether somebody else's keep containers from the instance role isn't known",
                        "set MESOS_IAM_AGENT_REDIRECT=on");
    }

    private Finding boundary() {
        return switch (Redirect.boundary(settings)) {
            case TaskCgroups(var paths) ->
                Finding.ok("boundary", "on the host's network, what lives in the cgroups " + paths + " is a task");
            case TaskClasses(var handle) ->
                Finding.ok(
                        "boundary",
                        "on the host's network, what has a net_cls class 0x%x:* is a task".formatted(handle));
            case HostUsers(var uids)
            when uids.isEmpty() ->
                Finding.warning(
                        "boundary",
                        "tasks can't be told by cgroup: no process of this host reaches the real metadata service",
                        "use cgroup v2, set MESOS_IAM_AGENT_REDIRECT_NET_CLS_HANDLE, or name the services' users in"
                                + " MESOS_IAM_AGENT_REDIRECT_HOST_UIDS");
            case HostUsers(var uids)
            when uids.contains(0) ->
                Finding.failure(
                        "boundary",
                        "every process of root reaches the host's instance role, tasks on the host's network too",
                        "give the host's services users of their own and name those");
            case HostUsers(var uids) ->
                Finding.warning(
                        "boundary",
                        "tasks can't be told by cgroup: who runs as one of the users " + uids
                                + " reaches the instance role",
                        "let no framework run tasks as one of them (ACL run_tasks)");
        };
    }
}
