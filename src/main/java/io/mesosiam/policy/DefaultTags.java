package io.mesosiam.policy;

import java.util.List;

/**
 * The origin of a session, which its default tags state beside the launch itself.
 *
 * @param cluster the name of the Mesos cluster
 * @param namespace the namespace of the policy
 */
public record DefaultTags(String cluster, String namespace) {
    public static final String CLUSTER = "mesos-cluster";
    public static final String FRAMEWORK = "mesos-framework";
    public static final String TASK = "mesos-task";
    public static final String MESOS_ROLE = "mesos-role";
    public static final String NAMESPACE = "mesos-iam-namespace";

    /**
     * The keys in the order in which tags are dropped when the tags of a session are too large. The task and the framework
     * come first: they are long, and the session name states them too.
     */
    public static final List<String> DROPPED = List.of(TASK, FRAMEWORK, NAMESPACE, MESOS_ROLE, CLUSTER);
}
