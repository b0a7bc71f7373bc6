package io.mesosiam.agent.serve;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;

/**
 * The settings of the endpoint.
 *
 * @param listen the address; port 0 takes a free one
 * @param credentialPaths paths of the container endpoint's credentials
 * @param requireAuthorization whether ECS and EKS credentials need an {@code Authorization} header, of any value that
 *     isn't blank and doesn't begin with {@code Basic}
 * @param imdsV1 whether the metadata service answers without a token
 * @param metadataPaths paths of the facts that it serves about the instance, below {@code /latest/meta-data/}
 * @param metadataService the real metadata service, from which the agent reads those facts
 * @param asksPerSecond requests per second of one container; 0 for no limit
 */
public record EndpointSettings(
        InetSocketAddress listen,
        Set<String> credentialPaths,
        boolean requireAuthorization,
        boolean imdsV1,
        Set<String> metadataPaths,
        URI metadataService,
        int asksPerSecond) {
    public EndpointSettings {
        if (requireAuthorization && imdsV1) {
            throw new IllegalArgumentException(
                    "version 1 of the metadata service answers a request without any header");
        }
        credentialPaths = Set.copyOf(credentialPaths);
        metadataPaths = Set.copyOf(metadataPaths);
    }

    /** The same on a free port that the kernel chooses. */
    public EndpointSettings onAnyPort() {
        return new EndpointSettings(
                new InetSocketAddress(listen.getAddress(), 0),
                credentialPaths,
                requireAuthorization,
                imdsV1,
                metadataPaths,
                metadataService,
                asksPerSecond);
    }
}
