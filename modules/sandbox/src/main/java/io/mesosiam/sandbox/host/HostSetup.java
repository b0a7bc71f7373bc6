package io.mesosiam.sandbox.host;

import java.util.List;

/**
 * Settings of a host: the first line of its input, as JSON.
 *
 * @param master the control endpoint of the sandbox's master, used with {@code token}
 * @param directory the parent of the Mesos agent's directories
 * @param cgroupsRoot the Mesos agent's {@code --cgroups_root}
 * @param credentials the tasks' {@code AWS_CONTAINER_CREDENTIALS_FULL_URI}
 * @param sts the tasks' {@code AWS_ENDPOINT_URL_STS}
 * @param addresses the Mesos agent's host name and address
 */
public record HostSetup(
        String master,
        String token,
        String directory,
        String cgroupsRoot,
        String credentials,
        String sts,
        List<String> addresses) {
    public HostSetup {
        addresses = List.copyOf(addresses);
    }

    @Override
    public String toString() {
        return "HostSetup[" + directory + "]";
    }
}
