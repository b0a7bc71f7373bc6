package io.mesosiam.agent.hostrole;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The STS of the host's region.
 *
 * @param partition as an ARN has it
 */
record StsRegion(String region, String partition, URI endpoint) {
    private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]+)+-[0-9]{1,2}");

    /** The partitions whose roles are tried, and the domain of their endpoints. */
    private static final Map<String, String> DOMAINS =
            Map.of("aws", "amazonaws.com", "aws-us-gov", "amazonaws.com", "aws-cn", "amazonaws.com.cn");

    /** Empty for a text that is no region of these partitions: https://docs.aws.amazon.com/general/latest/gr/sts.html */
    static Optional<StsRegion> of(String region) {
        return Optional.of(region)
                .filter(text -> REGION.matcher(text).matches())
                .flatMap(StsRegion::inPartition);
    }

    private static Optional<StsRegion> inPartition(String region) {
        return partition(region)
                .map(partition -> new StsRegion(
                        region, partition, URI.create("https://sts." + region + "." + DOMAINS.get(partition))));
    }

    private static Optional<String> partition(String region) {
        if (region.startsWith("cn-")) {
            return Optional.of("aws-cn");
        }
        if (region.startsWith("us-gov-")) {
            return Optional.of("aws-us-gov");
        }
        // the isolated partitions have other domains
        return region.contains("-iso") || region.startsWith("eusc-") ? Optional.empty() : Optional.of("aws");
    }
}
