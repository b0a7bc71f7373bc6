package io.mesosiam.channel;

import io.mesosiam.enrol.EnrolConfig;
import io.mesosiam.enrol.Enrolment;
import io.mesosiam.enrol.EnrolmentRecord;
import io.mesosiam.enrol.EvictedHosts;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.HostCertificates;
import io.mesosiam.enrol.TestEnrolConfig;
import io.mesosiam.enrol.ec2.Ec2Config;
import io.mesosiam.enrol.ec2.InstanceCalls;
import io.mesosiam.enrol.ec2.InstanceConditions;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.sts.TestStsConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The parts of enrolment with a database, for tests. Nothing is read before it is started. */
record EnrolledHosts(
        EnrolConfig config,
        HostAuthorities authorities,
        EvictedHosts evicted,
        EnrolmentRecord record,
        Enrolment enrolment,
        HostCertificates certificates) {
    static EnrolledHosts with(
            Pool pool, MeterRegistry meters, Optional<Path> keyFile, int requestsPerMinute, Ec2Config ec2) {
        return new EnrolledHosts(pool, meters, new TestEnrolConfig(keyFile, requestsPerMinute, ec2));
    }

    private EnrolledHosts(Pool pool, MeterRegistry meters, EnrolConfig config) {
        this(
                pool,
                config,
                new HostAuthorities(pool, new SessionPool(pool), config, new Random(1)),
                new EvictedHosts(pool, new SessionPool(pool), new Random(1)),
                new EnrolmentRecord(pool, Optional.of("controller-1"), Instant::now, meters));
    }

    private EnrolledHosts(
            Pool pool, EnrolConfig config, HostAuthorities authorities, EvictedHosts evicted, EnrolmentRecord record) {
        this(
                config,
                authorities,
                evicted,
                record,
                new Enrolment(
                        pool,
                        authorities,
                        record,
                        config,
                        new InstanceCalls(
                                config.ec2(),
                                InstanceConditions.of(config.ec2()),
                                new TestStsConfig(Optional.empty(), Duration.ofSeconds(5)),
                                StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAEXAMPLE", "secret"))),
                        Instant::now));
    }

    private EnrolledHosts(
            EnrolConfig config,
            HostAuthorities authorities,
            EvictedHosts evicted,
            EnrolmentRecord record,
            Enrolment enrolment) {
        this(config, authorities, evicted, record, enrolment, new HostCertificates(authorities, evicted, enrolment));
    }
}
