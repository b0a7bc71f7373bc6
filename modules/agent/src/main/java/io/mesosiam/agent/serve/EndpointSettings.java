package io.mesosiam.agent.serve;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;

/**
 * Where and how containers are answered.
 *
 * @param listen the address; port 0 takes a free one
 * @param credentialPaths where the container endpoint's credentials are asked for
 * @param requireAuthorization whether ECS and EKS credentials need an {@code Authorization} header, of any value
 * @param imdsV1 whether the metadata service answers without a token
 * @param metadataPaths what it tells of the instance, below {@code /latest/meta-data/}
 * @param metadataService where the agent itself asks for that
 * @param asksPerSecond of one container; 0 for no limit
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
