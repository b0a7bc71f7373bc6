package io.mesosiam.sandbox.host;

/**
 * What a host says of itself once it has registered.
 *
 * @param agentId the Mesos agent's id
 * @param workDir the Mesos agent's {@code --work_dir}
 * @param cgroups where its containers' groups are; empty if it can have none
 * @param without why it can have none
 */
public record HostReport(String agentId, String workDir, String cgroups, String without) {
    public boolean attestable() {
        return !cgroups.isEmpty();
    }
}
