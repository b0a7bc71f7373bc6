package io.mesosiam.agent.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/**
 * The instance metadata service of EC2, asked by the host itself.
 *
 * @param services the addresses of the service; the first that answers counts
 * @param waitMillis the limit for a connection, and for each part of an answer; a request may take twice as long
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html">instance metadata
 *     service</a>
 */
public record HostMetadata(List<InetSocketAddress> services, int waitMillis) {
    /** The addresses of the service on every instance. */
    public static final List<String> ADDRESSES = List.of("169.254.169.254", "fd00:ec2::254");

    private static final int PORT = 80;
    private static final int WAIT_MILLIS = 1000;
    private static final int OK = 200;

    /** Credentials, the longest of what is asked for, are below 4 KiB. */
    private static final int MAX_ANSWER = 16 * 1024;

    public HostMetadata {
        services = List.copyOf(services);
    }

    /** The service of an instance. */
    public static HostMetadata ofInstance() {
        return new HostMetadata(
                ADDRESSES.stream()
                        .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), PORT))
                        .toList(),
                WAIT_MILLIS);
    }

    /** Requests to one address. */
    @FunctionalInterface
    public interface Session {
        /**
         * The answer for a path.
         *
         * @throws IOException if no service answers there, or its answer is malformed
         */
        HttpResponse get(String path) throws IOException;
    }

    /** What is done with one address. */
    @FunctionalInterface
    public interface Use<T> {
        T of(Session session) throws IOException;
    }

    /**
     * Returns what the first address gives that answers completely.
     *
     * @throws IOException if none does
     */
    public <T> T first(Use<T> use) throws IOException {
        return firstOf(service -> use.of(path -> get(service, path)));
    }

    /**
     * Returns the first address's answer to a request without a token, as version 1 of the service has it.
     *
     * @throws IOException if none answers
     */
    public HttpResponse withoutToken(String path) throws IOException {
        return firstOf(service -> send(service, "GET " + path, List.of()));
    }

    @FunctionalInterface
    private interface Attempt<T> {
        T at(InetSocketAddress service) throws IOException;
    }

    private <T> T firstOf(Attempt<T> attempt) throws IOException {
        IOException last = new IOException("it has no address");
        for (InetSocketAddress service : services) {
            try {
                return attempt.at(service);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private HttpResponse get(InetSocketAddress service, String path) throws IOException {
        HttpResponse token =
                send(service, "PUT /latest/api/token", List.of("X-aws-ec2-metadata-token-ttl-seconds: 60"));
        // a service of version 1 has no tokens
        return send(
                service,
                "GET " + path,
                token.status() == OK
                        ? List.of("X-aws-ec2-metadata-token: " + token.text().strip())
                        : List.of());
    }

    private HttpResponse send(InetSocketAddress service, String line, List<String> headers) throws IOException {
        try (Socket socket = new Socket();
                TimeLimit running = TimeLimit.of(Duration.ofMillis(2L * waitMillis), socket)) {
            try {
                socket.setSoTimeout(waitMillis);
                socket.connect(service, waitMillis);
                return new HttpRequest(line, headers, "")
                        .send(socket.getInputStream(), socket.getOutputStream(), MAX_ANSWER);
            } catch (IOException e) {
                throw running.explain(e);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("the token is no text", e);
        }
    }
}
