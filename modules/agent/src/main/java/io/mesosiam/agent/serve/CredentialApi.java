package io.mesosiam.agent.serve;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The services in which SDKs look for credentials, each under the host names that it has in AWS. Loopback host names
 * reach all of them, for SDKs that are configured with a full URI.
 *
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html">container
 *     credential provider</a>
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html">IMDS credential
 *     provider</a>
 */
enum CredentialApi {
    ECS(Duration.ofMillis(800)),
    EKS(Duration.ofMillis(800)),
    IMDS(Duration.ofMillis(400));

    private static final Map<String, CredentialApi> ADDRESSES = Map.of(
            "169.254.170.2", ECS,
            "169.254.170.23", EKS,
            "[fd00:ec2::23]", EKS,
            "169.254.169.254", IMDS,
            "[fd00:ec2::254]", IMDS);
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

    private final Duration hold;

    CredentialApi(Duration hold) {
        this.hold = hold;
    }

    /**
     * How long a request waits for an answer that is not available yet. Some SDKs give the container endpoint one
     * second and the metadata service half a second; the difference is for the transfer.
     */
    Duration hold() {
        return hold;
    }

    /** The name in logs and metrics. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The services that a Host header reaches; none for an unknown name, as in a DNS rebinding attack.
     *
     * @param header with or without port, in any case
     */
    static Set<CredentialApi> reachedBy(String header) {
        String host = PORT.matcher(header).replaceFirst("").toLowerCase(Locale.ROOT);
        CredentialApi one = ADDRESSES.get(host);
        if (one != null) {
            return EnumSet.of(one);
        }
        return LOOPBACK.contains(host) ? EnumSet.allOf(CredentialApi.class) : EnumSet.noneOf(CredentialApi.class);
    }
}
