package io.mesosiam.sts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.sts.StsClient;

/** A client and a call budget for each region in use, created on first use. */
final class StsClients implements AutoCloseable {
    /** The callers bound the calls at a time. Connections that are idle for a minute are closed. */
    private static final int MAX_CONNECTIONS = 10_000;

    private final StsConfig config;
    private final AwsCredentialsProvider credentials;
    private final InstantSource clock;
    private final ScheduledExecutorService timer = timer("sts-budget");

    /** For the SDK's time limits: ending a call that is late may take time, which turns don't wait for. */
    private final ScheduledExecutorService limits = timer("sts-limits");

    private final ConcurrentMap<Region, RegionalSts> regions = new ConcurrentHashMap<>();

    @GuardedBy("this")
    private @Nullable Region own;

    StsClients(StsConfig config, AwsCredentialsProvider credentials, InstantSource clock) {
        this.config = config;
        this.credentials = credentials;
        this.clock = clock;
    }

    /**
     * Forgets cancelled tasks. The SDK starts two for each call, and its own timer would keep them, and with them the
     * call, until they are due.
     */
    private static ScheduledExecutorService timer(String name) {
        var timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name(name).daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /** @throws RuntimeException the SDK's exception, if no region is configured and none is found */
    RegionalSts in(Optional<String> region) {
        return regions.computeIfAbsent(region.or(config::region).map(Region::of).orElseGet(this::own), this::connect);
    }

    /** The controller's own region. It is determined once, because the last source is the instance metadata service. */
    private synchronized Region own() {
        Region found = own;
        if (found == null) {
            found = DefaultAwsRegionProviderChain.builder().build().getRegion();
            own = found;
        }
        return found;
    }

    /** Why the default region for policies without a region isn't known; empty if it is. */
    Optional<String> missingRegion() {
        try {
            return config.region().isPresent() || !own().id().isBlank()
                    ? Optional.empty()
                    : Optional.of("no AWS region is known: set mesos-iam.sts.region");
        } catch (SdkClientException e) {
            return Optional.of("no AWS region is known: set mesos-iam.sts.region ("
                    + CallerCredentials.firstSentence(String.valueOf(e.getMessage())) + ")");
        }
    }

    /**
     * Why STS can't be called in any region in use; empty while one of them answers and accepts the controller's
     * credentials. A problem in one region affects only the leases whose policies name it.
     */
    Optional<String> trouble() {
        List<String> troubles = new ArrayList<>();
        for (Map.Entry<Region, RegionalSts> region : regions.entrySet()) {
            Optional<String> trouble = region.getValue().answers().trouble();
            if (trouble.isEmpty()) {
                return Optional.empty();
            }
            troubles.add(region.getKey() + ": " + trouble.get());
        }
        return troubles.isEmpty()
                ? Optional.empty()
                : Optional.of(troubles.stream().sorted().collect(Collectors.joining("; ")));
    }

    /** Whether STS of any region has answered at least once. */
    boolean answered() {
        return regions.values().stream().anyMatch(region -> region.answers().answered());
    }

    /** The scarcest budget of all regions in use; empty before the first call. */
    Optional<StsBudget> budget() {
        return regions.values().stream().map(region -> region.budget().state()).reduce(StsBudget::with);
    }

    private RegionalSts connect(Region region) {
        StsClient client = StsClient.builder()
                .region(region)
                .applyMutation(builder -> config.endpoint().ifPresent(builder::endpointOverride))
                .credentialsProvider(credentials)
                .httpClientBuilder(Apache5HttpClient.builder()
                        .maxConnections(MAX_CONNECTIONS)
                        .connectionTimeout(config.connectTimeout())
                        .socketTimeout(config.attemptTimeout()))
                // The callers retry, and consider the load of the whole cluster.
                .overrideConfiguration(calls -> calls.scheduledExecutorService(limits)
                        .apiCallAttemptTimeout(config.attemptTimeout())
                        .apiCallTimeout(config.callTimeout())
                        .retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
        String address = config.endpoint()
                .map(URI::toString)
                .orElseGet(() -> StsClient.serviceMetadata().endpointFor(region).toString());
        Optional<Region> publicRegion = config.endpoint().isPresent() ? Optional.empty() : Optional.of(region);
        return new RegionalSts(client, address, publicRegion, new CallBudget(config.callsPerSecond(), clock), timer);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        regions.values().forEach(RegionalSts::close);
        limits.shutdownNow();
    }
}
