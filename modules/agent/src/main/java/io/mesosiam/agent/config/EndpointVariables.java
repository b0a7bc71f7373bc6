package io.mesosiam.agent.config;

import io.mesosiam.agent.serve.EndpointSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Set;

/** Reads the settings of the endpoints that containers use. */
final class EndpointVariables {
    private static final List<String> NEVER_SERVED =
            List.of("iam", "identity-credentials", "managed-ssh-keys", "public-keys");
    private static final int MOST_REQUESTS = 1_000_000;

    private EndpointVariables() {}

    static EndpointSettings settings(Variables in, InetSocketAddress listen) {
        boolean requireAuthorization = in.on("REQUIRE_AUTHORIZATION", "off");
        boolean imdsV1 = in.on("IMDS_V1", "off");
        if (requireAuthorization && imdsV1) {
            in.wrong(
                    "REQUIRE_AUTHORIZATION",
                    "can't be on while IMDS_V1 is on: version 1 of the metadata service answers a request without any header");
        }
        return new EndpointSettings(
                listen,
                Set.copyOf(in.list("PATHS", "/v2/credentials", EndpointVariables::credentialPath)),
                requireAuthorization && !imdsV1,
                imdsV1,
                Set.copyOf(in.list(
                        "METADATA_PATHS",
                        "placement/region,placement/availability-zone,instance-id",
                        EndpointVariables::metadataPath)),
                in.value(
                        "METADATA_URL",
                        "http://169.254.169.254",
                        EndpointVariables::metadataUrl,
                        URI.create("http://169.254.169.254")),
                in.value("ASKS_PER_SECOND", "500", EndpointVariables::asksPerSecond, 0));
    }

    /**
     * A credential path. The paths of the instance metadata service begin with {@code /latest}, and with a loopback
     * host name both APIs share one port.
     */
    private static String credentialPath(String text) {
        if (!text.matches("(/[A-Za-z0-9._~-]{1,64}){1,8}") || text.matches("/latest(/.*)?")) {
            throw new IllegalArgumentException("must be a path such as /v2/credentials, and not below /latest");
        }
        return text;
    }

    /** A metadata path. Paths that hold or lead to credentials or keys are refused. */
    private static String metadataPath(String text) {
        List<String> parts = List.of(text.split("/", -1));
        if (!text.matches("[A-Za-z0-9._:-]{1,128}(/[A-Za-z0-9._:-]{1,128}){0,15}")
                || parts.contains("..")
                || parts.contains(".")) {
            throw new IllegalArgumentException("must be a path below /latest/meta-data/, such as placement/region");
        }
        if (NEVER_SERVED.contains(parts.getFirst())) {
            throw new IllegalArgumentException("must not be below any of " + String.join(", ", NEVER_SERVED));
        }
        return text;
    }

    private static URI metadataUrl(String text) {
        URI uri = AgentConfig.url(text, "must be http://host or http://host:port");
        if (!"http".equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || !(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))) {
            throw new IllegalArgumentException("must be http://host or http://host:port");
        }
        return uri;
    }

    private static int asksPerSecond(String text) {
        int requests = Integer.parseUnsignedInt(text);
        if (requests < 0 || requests > MOST_REQUESTS) {
            throw new IllegalArgumentException("must be 0 to " + MOST_REQUESTS);
        }
        return requests;
    }
}
