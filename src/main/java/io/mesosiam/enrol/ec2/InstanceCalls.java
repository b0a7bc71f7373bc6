package io.mesosiam.enrol.ec2;

import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.line.OneLine;
import io.mesosiam.sts.StsConfig;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.InstancePrivateIpAddress;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/**
 * DescribeInstances of EC2 (EC2 API reference), with a client for each account and region, made at its first use. Blocks on the
 * network. Calls are not repeated: a host asks again, and the next poll comes.
 */
public final class InstanceCalls implements AutoCloseable {
    /** Instances of one call. */
    public static final int MOST = 200;

    private static final int MOST_PAGES = 20;

    /** The database takes this form; those of EC2 are few, such as {@code shutting-down}. */
    private static final Pattern STATE = Pattern.compile("[a-z-]{1,32}");

    private static final int LONGEST_REASON = 300;

    private final Ec2Config config;
    private final InstanceConditions conditions;
    private final StsConfig stsConfig;
    private final AwsCredentialsProvider own;
    private final ConcurrentMap<Place, Ec2Client> clients = new ConcurrentHashMap<>();
    private final ConcurrentMap<Region, StsClient> sts = new ConcurrentHashMap<>();

    /** Where instances are. */
    public record Place(String account, String region) {
        @Override
        public String toString() {
            return account + "/" + region;
        }
    }

    /** @param own the controller's own credentials */
    public InstanceCalls(
            Ec2Config config, InstanceConditions conditions, StsConfig stsConfig, AwsCredentialsProvider own) {
        this.config = config;
        this.conditions = conditions;
        this.stsConfig = stsConfig;
        this.own = own;
    }

    /** What EC2 answers. */
    public sealed interface Answer {
        /** The instances that it knows, by id; those that are missing it doesn't know, or no more. */
        record Described(Map<String, DescribedInstance> instances) implements Answer {}

        /** There was no answer that counts. */
        record Unavailable(String reason, boolean throttled) implements Answer {}

        /** The answer contradicts itself or the question, so nothing in it is believed. */
        record Implausible(String reason) implements Answer {}
    }

    /**
     * Asks EC2 for instances. All pages together have the time limit of one call.
     *
     * @param ids at most {@value #MOST}
     */
    public Answer describe(Place place, Set<String> ids) {
        Map<String, DescribedInstance> found = new LinkedHashMap<>();
        Set<String> tokens = new HashSet<>();
        try {
            Ec2Client client = clients.computeIfAbsent(place, this::client);
            long begun = System.nanoTime();
            @Nullable String token = null;
            for (int page = 0; page < MOST_PAGES; page++) {
                Duration left = config.callTimeout().minusNanos(System.nanoTime() - begun);
                if (!left.isPositive()) {
                    return new Answer.Unavailable(
                            "DescribeInstances failed: not all pages within "
                                    + config.callTimeout().toMillis() + " ms",
                            false);
                }
                DescribeInstancesResponse answer = page(client, ids, token, left);
                Optional<String> wrong = add(place, ids, answer, found);
                if (wrong.isPresent()) {
                    return new Answer.Implausible(wrong.get());
                }
                token = answer.nextToken();
                if (token == null || token.isEmpty()) {
                    return new Answer.Described(Map.copyOf(found));
                }
                if (!tokens.add(token)) {
                    return new Answer.Implausible("EC2 gave the same token for two pages");
                }
            }
            return new Answer.Implausible(
                    "EC2 gave more than " + MOST_PAGES + " pages for " + ids.size() + " instances");
        } catch (SdkException e) {
            return unavailable(e);
        }
    }

    private static DescribeInstancesResponse page(
            Ec2Client client, Set<String> ids, @Nullable String token, Duration limit) {
        return client.describeInstances(request -> request.filters(
                        Filter.builder().name("instance-id").values(ids).build())
                .nextToken(token)
                .overrideConfiguration(call -> call.apiCallTimeout(limit)));
    }

    /** Returns what is wrong with the answer; empty if nothing is. */
    private static Optional<String> add(
            Place place, Set<String> ids, DescribeInstancesResponse answer, Map<String, DescribedInstance> found) {
        if (!answer.hasReservations()) {
            // an answer of another program, or an error with status 200: it does not say that an instance is unknown
            return Optional.of("EC2's answer has no list of instances");
        }
        for (Reservation reservation : answer.reservations()) {
            for (Instance instance : reservation.instances()) {
                String id = String.valueOf(instance.instanceId());
                if (!ids.contains(id)) {
                    return Optional.of("EC2 described an instance that was not asked for");
                }
                if (!place.account().equals(reservation.ownerId())) {
                    return Optional.of("EC2 described " + id + " as an instance of another account");
                }
                Optional<DescribedInstance> described = described(place.account(), instance);
                if (described.isEmpty()) {
                    return Optional.of("EC2 described " + id + " without its state or its start");
                }
                if (found.put(id, described.get()) != null) {
                    return Optional.of("EC2 described " + id + " twice");
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<DescribedInstance> described(String account, Instance instance) {
        if (instance.state() == null
                || !STATE.matcher(text(instance.state().nameAsString())).matches()
                || instance.launchTime() == null) {
            return Optional.empty();
        }
        Map<String, String> tags = new TreeMap<>();
        instance.tags().forEach(tag -> tags.put(text(tag.key()), text(tag.value())));
        return Optional.of(new DescribedInstance(
                account,
                instance.instanceId(),
                instance.state().nameAsString(),
                text(instance.imageId()),
                text(instance.vpcId()),
                text(instance.subnetId()),
                instance.launchTime(),
                text(instance.privateIpAddress()),
                addresses(instance),
                Optional.ofNullable(instance.privateDnsName()).filter(name -> !name.isBlank()),
                tags));
    }

    private static Set<String> addresses(Instance instance) {
        Set<String> addresses = new HashSet<>();
        Stream.concat(
                        Stream.of(text(instance.privateIpAddress()), text(instance.ipv6Address())),
                        instance.networkInterfaces().stream().flatMap(InstanceCalls::addresses))
                .forEach(text ->
                        HostName.of(text).filter(HostName::isAddress).ifPresent(each -> addresses.add(each.text())));
        return addresses;
    }

    private static Stream<String> addresses(InstanceNetworkInterface network) {
        return Stream.concat(
                network.privateIpAddresses().stream()
                        .map(InstancePrivateIpAddress::privateIpAddress)
                        .map(InstanceCalls::text),
                network.ipv6Addresses().stream().map(each -> text(each.ipv6Address())));
    }

    /** Of a missing element: the empty text, which equals nothing that a condition names. */
    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static Answer unavailable(SdkException failure) {
        boolean throttled = failure instanceof AwsServiceException service && service.isThrottlingException();
        String reason = failure instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode() + ": "
                        + service.awsErrorDetails().errorMessage()
                : String.valueOf(failure.getMessage());
        return new Answer.Unavailable(
                "DescribeInstances failed: " + OneLine.cut(OneLine.of(reason), LONGEST_REASON), throttled);
    }

    private Ec2Client client(Place place) {
        Region region = Region.of(place.region());
        AwsCredentialsProvider credentials = conditions
                .accounts()
                .getOrDefault(place.account(), Optional.empty())
                .<AwsCredentialsProvider>map(role -> assumed(role, region))
                .orElse(own);
        return Ec2Client.builder()
                .region(region)
                .applyMutation(builder -> config.endpoint().ifPresent(builder::endpointOverride))
                .credentialsProvider(credentials)
                .httpClientBuilder(http())
                .overrideConfiguration(calls -> calls.apiCallAttemptTimeout(config.callTimeout())
                        .apiCallTimeout(config.callTimeout())
                        .retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    private AwsCredentialsProvider assumed(String role, Region region) {
        StsClient client =
                sts.computeIfAbsent(stsConfig.region().map(Region::of).orElse(region), where -> StsClient.builder()
                        .region(where)
                        .applyMutation(builder -> stsConfig.endpoint().ifPresent(builder::endpointOverride))
                        .credentialsProvider(own)
                        .httpClientBuilder(http())
                        .overrideConfiguration(calls ->
                                calls.apiCallTimeout(config.callTimeout()).retryStrategy(AwsRetryStrategy.doNotRetry()))
                        .build());
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(client)
                .refreshRequest(call -> call.roleArn(role).roleSessionName("mesos-iam-enrol"))
                .build();
    }

    private Apache5HttpClient.Builder http() {
        return Apache5HttpClient.builder()
                .connectionTimeout(config.callTimeout())
                .socketTimeout(config.callTimeout());
    }

    @Override
    public void close() {
        clients.values().forEach(Ec2Client::close);
        sts.values().forEach(StsClient::close);
    }
}
