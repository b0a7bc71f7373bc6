package io.mesosiam.agent.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The instance metadata service of EC2, asked by the host itself.
 *
 * @param waitMillis the limit for a connection, and for each part of an answer
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html">instance metadata
 *     service</a>
 */
public record HostMetadata(InetSocketAddress service, int waitMillis) {
    /** The addresses of the service on every instance. */
    public static final List<String> ADDRESSES = List.of("169.254.169.254", "fd00:ec2::254");

    private static final int PORT = 80;
    private static final int MAX_TOKEN = 4096;
    private static final int OK = 200;

    /** The service of an instance, at each of its addresses. */
    public static List<InetSocketAddress> services() {
        return ADDRESSES.stream()
                .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), PORT))
                .toList();
    }

    /**
     * The answer for a path.
     *
     * @throws IOException if no service answers there, or its answer is malformed
     */
    public HttpResponse get(String path, int maxBody) throws IOException {
        HttpResponse token = send(
                new HttpRequest("PUT /latest/api/token", List.of("X-aws-ec2-metadata-token-ttl-seconds: 60"), ""),
                MAX_TOKEN);
        // a service of version 1 has no tokens
        List<String> headers = token.status() == OK
                ? List.of("X-aws-ec2-metadata-token: " + new String(token.body(), StandardCharsets.US_ASCII).strip())
                : List.of();
        return send(request(path, headers), maxBody);
    }

    private static HttpRequest request(String path, List<String> headers) throws IOException {
        try {
            return new HttpRequest("GET " + path, headers, "");
        } catch (IllegalArgumentException e) {
            throw new IOException("the token is no text", e);
        }
    }

    private HttpResponse send(HttpRequest request, int maxBody) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(waitMillis);
            socket.connect(service, waitMillis);
            return request.send(socket.getInputStream(), socket.getOutputStream(), maxBody);
        }
    }
}
