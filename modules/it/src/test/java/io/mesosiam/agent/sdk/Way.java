package io.mesosiam.agent.sdk;

import java.util.Map;

/** How an SDK finds the agent: only by the standard environment of the SDK. */
enum Way {
    ECS_RELATIVE("ecs-relative"),
    ECS_FULL("ecs-full"),
    EKS("eks"),
    EKS_IPV6("eks-ipv6"),
    IMDS_V2("imdsv2"),
    IMDS_V2_IPV6("imdsv2-ipv6"),
    /** Fallback of an SDK whose request for a token has no response. */
    IMDS_V1("imdsv1");

    private static final String FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    private final String text;

    Way(String text) {
        this.text = text;
    }

    /** The environment of the container. */
    Map<String, String> environment() {
        return switch (this) {
            case ECS_RELATIVE -> Map.of("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials");
            case ECS_FULL ->
                Map.of(
                        FULL_URI,
                        "http://169.254.170.2/v2/credentials",
                        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                        "whatever-a-framework-puts-here");
            case EKS -> podIdentity("169.254.170.23");
            case EKS_IPV6 -> podIdentity("[fd00:ec2::23]");
            case IMDS_V2, IMDS_V1 -> Map.of();
            case IMDS_V2_IPV6 -> Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6");
        };
    }

    private static Map<String, String> podIdentity(String host) {
        return Map.of(
                FULL_URI,
                "http://" + host + "/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                TrialContainer.TOKEN_FILE);
    }

    /** Whether the SDK requests instance metadata, not a container endpoint. */
    boolean imds() {
        return switch (this) {
            case ECS_RELATIVE, ECS_FULL, EKS, EKS_IPV6 -> false;
            case IMDS_V2, IMDS_V2_IPV6, IMDS_V1 -> true;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
