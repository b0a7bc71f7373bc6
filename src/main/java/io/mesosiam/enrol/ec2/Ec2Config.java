package io.mesosiam.enrol.ec2;

import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of the proof by an EC2 instance. Each condition that is set must hold. */
public interface Ec2Config {
    /**
     * The AWS accounts whose instances may enrol: {@code 111122223333}, or {@code
     * 111122223333=arn:aws:iam::111122223333:role/describe} with the role that is assumed for DescribeInstances in that
     * account. Without this setting no host enrols by an instance.
     */
    Optional<List<String>> accounts();

    /** VPCs in which the instance must be. */
    Optional<List<String>> vpcs();

    /** Subnets in which the instance must be. */
    Optional<List<String>> subnets();

    /** Images of which the instance must have started. */
    Optional<List<String>> images();

    /** Tags that the instance must have, all of them: {@code name=value}. */
    Optional<List<String>> tags();

    /** How long ago the instance may have started at most. */
    Optional<Duration> launchedWithin();

    /** Name of a tag whose value is a name of the host, beside its private DNS name and its private addresses. */
    Optional<String> hostnameTag();

    /** File with AWS's certificates, in place of those within the program. Read again every 10 s. */
    Optional<Path> certificatesFile();

    /** URL of EC2 for every region, for a private endpoint. By default each region's public endpoint. */
    Optional<URI> endpoint();

    /** Time limit for one call to EC2. */
    @WithDefault("4s")
    Duration callTimeout();

    /** How often EC2 is asked for the state of the enrolled instances. */
    @WithDefault("1m")
    Duration pollInterval();
}
