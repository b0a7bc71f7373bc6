package io.mesosiam.policy;

import java.util.Map;

/**
 * The AWS partition of a region.
 *
 * @see <a href="https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html">Partitions</a>
 */
public final class Partition {
    /** Prefixes of the regions in partitions other than {@code aws}. */
    private static final Map<String, String> PREFIXES = Map.of(
            "cn-", "aws-cn",
            "us-gov-", "aws-us-gov",
            "us-iso-", "aws-iso",
            "us-isob-", "aws-iso-b",
            "eu-isoe-", "aws-iso-e",
            "us-isof-", "aws-iso-f",
            "eusc-", "aws-eusc");

    private Partition() {}

    /** Returns the partition as it is written in an ARN, such as {@code aws-cn}. */
    public static String ofRegion(String region) {
        return PREFIXES.entrySet().stream()
                .filter(entry -> region.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("aws");
    }
}
