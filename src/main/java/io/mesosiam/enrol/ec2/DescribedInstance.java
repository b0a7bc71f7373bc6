package io.mesosiam.enrol.ec2;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An instance as EC2 describes it.
 *
 * @param account its owner
 * @param state as EC2 names it: {@code running}, {@code terminated}
 * @param launchedAt when it last started
 * @param privateIp the primary IPv4 address
 * @param addresses every private IPv4 address and every IPv6 address of its interfaces, as Java prints them
 * @param privateDnsName empty if it has none
 */
public record DescribedInstance(
        String account,
        String instanceId,
        String state,
        String imageId,
        String vpc,
        String subnet,
        Instant launchedAt,
        String privateIp,
        Set<String> addresses,
        Optional<String> privateDnsName,
        Map<String, String> tags) {
    public static final String RUNNING = "running";
    public static final String TERMINATED = "terminated";

    public DescribedInstance {
        addresses = Set.copyOf(addresses);
        tags = Map.copyOf(tags);
    }
}
