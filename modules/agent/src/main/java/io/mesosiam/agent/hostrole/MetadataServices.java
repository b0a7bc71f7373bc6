package io.mesosiam.agent.hostrole;

import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.local.HttpResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The addresses of the host's instance metadata service.
 *
 * @param services the first that answers counts
 * @param waitMillis the limit for a connection, and for each part of an answer
 */
public record MetadataServices(List<InetSocketAddress> services, int waitMillis) {
    private static final int WAIT_MILLIS = 1000;

    /** Credentials are below 4 KiB. */
    private static final int MAX_ANSWER = 16 * 1024;

    /** Those of EC2. */
    public static MetadataServices ofHost() {
        return new MetadataServices(HostMetadata.services(), WAIT_MILLIS);
    }

    /** Requests to one service. */
    @FunctionalInterface
    interface Session {
        HttpResponse get(String path) throws IOException;
    }

    /** What is done with one service. */
    @FunctionalInterface
    interface Use<T> {
        T of(Session session) throws IOException;
    }

    /** Returns what the first service that answers gives; empty if none answers completely. */
    <T> Optional<T> first(Use<T> use) {
        for (InetSocketAddress service : services) {
            try {
                return Optional.of(use.of(path -> new HostMetadata(service, waitMillis).get(path, MAX_ANSWER)));
            } catch (IOException e) {
                // no service at this address
            }
        }
        return Optional.empty();
    }

    static String text(HttpResponse response) {
        return new String(response.body(), StandardCharsets.US_ASCII);
    }
}
