package io.mesosiam.agent.mesos;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.mesosiam.agent.attest.HostSocket;
import io.mesosiam.agent.local.HttpRequest;
import io.mesosiam.agent.local.HttpResponse;
import io.mesosiam.agent.local.TimeLimit;
import io.mesosiam.reach.NoConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Client of the Mesos agent's API (<a
 * href="https://mesos.apache.org/documentation/latest/operator-http-api/#agent-api">Operator HTTP API</a>). No secret
 * is sent, and no answer is used, before the peer is verified to be the Mesos agent: by its certificate, or by the
 * owner of its socket. The owner is verified again after the answer was read.
 *
 * @param limit time limit of one request
 */
public record MesosAgentApi(MesosAgentSettings settings, Duration limit) {
    /** The Mesos agent answers from memory, but first measures all containers. */
    public static final Duration USUAL_LIMIT = Duration.ofSeconds(5);

    /** Bytes. A container takes about 900 bytes. */
    private static final int MAX_BODY = 4 << 20;

    private static final String GET_CONTAINERS =
            "{\"type\":\"GET_CONTAINERS\",\"get_containers\":{\"show_nested\":true,\"show_standalone\":true}}";

    /**
     * The Mesos agent's flags, as JSON.
     *
     * @throws IOException if there is no answer from a verified peer; the message has the reason
     */
    public byte[] flags() throws IOException {
        return request("GET /flags", "");
    }

    /**
     * The containers that the Mesos agent lists. With ACLs it may omit any of them.
     *
     * @throws IOException if there is no complete answer from a verified peer; the message has the reason
     */
    public List<MesosContainer> containers() throws IOException {
        try {
            return GetContainers.read(request("POST /api/v1", GET_CONTAINERS));
        } catch (JsonProcessingException e) {
            // the exception's message may quote the answer
            throw new IOException("the answer is not complete JSON");
        }
    }

    private byte[] request(String line, String body) throws IOException {
        HttpResponse reply = exchange(line, body);
        return switch (reply.status()) {
            case 200 -> reply.body();
            case 401 -> throw new IOException("it answers 401: it requires a known principal and its secret");
            case 403 -> throw new IOException("it answers 403: its ACLs do not permit this principal to read that");
            default -> throw new IOException("it answers " + reply.status());
        };
    }

    private HttpResponse exchange(String line, String body) throws IOException {
        try (Socket socket = new Socket();
                TimeLimit running = TimeLimit.of(limit, socket)) {
            try {
                socket.connect(new InetSocketAddress(settings.host(), settings.port()));
                return settings.tls() ? overTls(socket, line, body) : withinTheHost(socket, line, body);
            } catch (IOException e) {
                throw withAddress(running.explain(e));
            }
        }
    }

    /** Adds the address, which the JDK's text of a failed connection lacks. */
    private IOException withAddress(IOException e) {
        return NoConnection.of(e)
                .map(why -> new IOException(settings.host() + ":" + settings.port() + ": " + why.words(), e))
                .orElse(e);
    }

    private HttpResponse overTls(Socket socket, String line, String body) throws IOException {
        try (SSLSocket tls = (SSLSocket) TrustedCa.tls(settings.ca().orElseThrow())
                .getSocketFactory()
                .createSocket(socket, settings.host(), settings.port(), true)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            return authorizedRequest(line, body).send(tls.getInputStream(), tls.getOutputStream(), MAX_BODY);
        }
    }

    private HttpResponse withinTheHost(Socket socket, String line, String body) throws IOException {
        PeerVerification proof = new PeerVerification(settings.user(), settings.unit());
        HostSocket other = proof.check(socket);
        HttpResponse reply =
                authorizedRequest(line, body).send(socket.getInputStream(), socket.getOutputStream(), MAX_BODY);
        proof.checkAgain(socket, other);
        return reply;
    }

    /** Creates the request. It may contain a secret, so the peer must have been verified. */
    private HttpRequest authorizedRequest(String line, String body) throws IOException {
        List<String> headers = new ArrayList<>();
        headers.add("Host: " + settings.address().getRawAuthority());
        headers.add("Accept: application/json");
        // keeps the connection open, so that the peer can be verified again
        headers.add("Connection: keep-alive");
        if (!body.isEmpty()) {
            headers.add("Content-Type: application/json");
            headers.add("Content-Length: " + body.length());
        }
        if (settings.credential().isPresent()) {
            headers.add("Authorization: "
                    + Credential.read(settings.credential().get()).basic());
        }
        return new HttpRequest(line, headers, body);
    }
}
