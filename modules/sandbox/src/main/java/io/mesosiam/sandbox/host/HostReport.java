package io.mesosiam.sandbox.host;

/**
 * The state of a host after it has registered.
 *
 * @param agentId the Mesos agent's id
 * @param workDir the Mesos agent's {@code --work_dir}
 * @param cgroups where the groups of its containers are; empty if it can have none
 * @param without why it can have no containers
 */
public record HostReport(String agentId, String workDir, String cgroups, String without) {
    public boolean attestable() {
        return !cgroups.isEmpty();
    }
}
