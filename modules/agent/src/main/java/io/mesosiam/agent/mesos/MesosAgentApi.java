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
 * The Mesos agent's API (<a href="https://mesos.apache.org/documentation/latest/operator-http-api/#agent-api">Operator HTTP API</a>).
 * Nothing is sent that is secret, and nothing that is said is used, before it is known to be the Mesos agent at the other end: by its
 * certificate, or by whose socket that end is; that is looked at again after the answer was read.
 *
 * @param limit how long one question may take
 */
public record MesosAgentApi(MesosAgentSettings settings, Duration limit) {
    /** It answers from memory, but measures all containers for it. */
    public static final Duration USUAL_LIMIT = Duration.ofSeconds(5);

    /** A container is some 900 bytes. */
    private static final int MAX_BODY = 4 << 20;

    private static final String GET_CONTAINERS =
            "{\"type\":\"GET_CONTAINERS\",\"get_containers\":{\"show_nested\":true,\"show_standalone\":true}}";

    /**
     * The flags that it runs with, as JSON.
     *
     * @throws IOException if there is no answer that can be believed; the message says why
     */
    public byte[] flags() throws IOException {
        return ask("GET /flags", "");
    }

    /**
     * The containers that it lets us see: with ACLs it may leave any of them out.
     *
     * @throws IOException if there is no whole answer that can be believed; the message says why
     */
    public List<MesosContainer> containers() throws IOException {
        try {
            return GetContainers.read(ask("POST /api/v1", GET_CONTAINERS));
        } catch (JsonProcessingException e) {
            // its own message may quote the answer
            throw new IOException("the answer isn't JSON, or not all of it");
        }
    }

    private byte[] ask(String line, String body) throws IOException {
        HttpResponse reply = exchange(line, body);
        return switch (reply.status()) {
            case 200 -> reply.body();
            case 401 -> throw new IOException("it answers 401: it wants a principal that it knows, and its secret");
            case 403 -> throw new IOException("it answers 403: its ACLs don't let this principal see that");
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

    /** The JDK's text of a failed connection has no address. */
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
            return question(line, body).ask(tls.getInputStream(), tls.getOutputStream(), MAX_BODY);
        }
    }

    private HttpResponse withinTheHost(Socket socket, String line, String body) throws IOException {
        PeerVerification proof = new PeerVerification(settings.user(), settings.unit());
        HostSocket other = proof.check(socket);
        HttpResponse reply = question(line, body).ask(socket.getInputStream(), socket.getOutputStream(), MAX_BODY);
        proof.checkAgain(socket, other);
        return reply;
    }

    /** The other end is known by now: this is where a secret may go. */
    private HttpRequest question(String line, String body) throws IOException {
        List<String> headers = new ArrayList<>();
        headers.add("Host: " + settings.address().getRawAuthority());
        headers.add("Accept: application/json");
        // so that its end is still there to be looked at
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
