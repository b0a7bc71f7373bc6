package io.mesosiam.agent.doctor;

import io.mesosiam.agent.local.HttpResponse;
import io.mesosiam.channel.wire.Protocol;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Checks whether a controller answers with a valid certificate and would admit this agent. One suffices, since the agent
 * tries all.
 *
 * <p>The check asks with a header in the request for a WebSocket, and sends no hello: the running agent's stream is not
 * affected. A controller of an earlier version opens the WebSocket, and doesn't say whether it would admit the agent.
 *
 * @param mesosAgentId of this host; fails if it isn't known yet
 * @param enrols whether the host gets its certificate from the controllers
 * @param limit time limit for connecting and for each answer
 */
public record ControllerCheck(
        List<URI> controllers, Callable<String> mesosAgentId, Callable<SSLContext> tls, boolean enrols, Duration limit)
        implements Check {
    /** The usual time limit. */
    public static final Duration USUAL_LIMIT = Duration.ofSeconds(3);

    private static final int LONGEST_LINE = 256;
    private static final int LONGEST_BODY = 8192;

    /**
     * The time in milliseconds in which a controller may refuse the certificate, for each attempt. A request that is
     * sent earlier can discard the refusal: the connection breaks without a reason. The next attempt then waits longer.
     */
    private static final List<Integer> REFUSAL_MILLIS = List.of(1000, 10_000, 10_000);

    @Override
    public List<Finding> findings() {
        SSLContext context;
        try {
            context = tls.call();
        } catch (Exception e) {
            return List.of(Finding.failure(
                    "controller", "can't be tried without a certificate", "see enrolment or certificate"));
        }
        String host = host();
        return controllers.stream().map(uri -> finding(uri, context, host)).toList();
    }

    /** The Mesos agent id; empty if it isn't known, or fits in no header. */
    private String host() {
        try {
            String id = mesosAgentId.call();
            return id.chars().allMatch(character -> character > ' ' && character <= '~') ? id : "";
        } catch (Exception e) {
            // the check of the settings says why
            return "";
        }
    }

    private Finding finding(URI uri, SSLContext context, String host) {
        Attempt attempt = new Attempt.Broken(new EOFException());
        for (int i = 0; i < REFUSAL_MILLIS.size() && attempt instanceof Attempt.Broken; i++) {
            attempt = attempt(uri, context, host, REFUSAL_MILLIS.get(i));
        }
        return switch (attempt) {
            case Attempt.Ended(Finding finding) -> finding;
            case Attempt.Broken(IOException failure) -> ended(uri, failure);
        };
    }

    private sealed interface Attempt {
        record Ended(Finding finding) implements Attempt {}

        /** The controller ended the connection, and the reason is not known. */
        record Broken(IOException failure) implements Attempt {}
    }

    private int limitMillis() {
        return Math.toIntExact(limit.toMillis());
    }

    private Attempt attempt(URI uri, SSLContext context, String host, int refusalMillis) {
        int port = uri.getPort() < 0 ? 443 : uri.getPort();
        boolean connected = false;
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(uri.getHost(), port), limitMillis());
            connected = true;
            plain.setSoTimeout(limitMillis());
            try (SSLSocket secure =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, uri.getHost(), port, false)) {
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
                secure.startHandshake();
                awaitRefusal(secure, refusalMillis);
                ask(secure, uri.getHost() + ":" + port, host);
                InputStream in = secure.getInputStream();
                String line = line(in);
                return new Attempt.Ended(
                        line.startsWith("HTTP/1.1 403 ")
                                ? AdmissionAnswer.refused(uri, body(line, in), enrols)
                                : answered(uri, line, host));
            }
        } catch (IOException e) {
            return failed(uri, e, connected);
        }
    }

    /** Waits for a refusal. A controller that accepts the certificate sends nothing before it has a request. */
    private void awaitRefusal(SSLSocket secure, int refusalMillis) throws IOException {
        secure.setSoTimeout(refusalMillis);
        try {
            if (secure.getInputStream().read() < 0) {
                throw new EOFException("it closed the connection after the handshake");
            }
            throw new IOException("it is no controller: it sends data before a request");
        } catch (SocketTimeoutException e) {
            secure.setSoTimeout(limitMillis());
        }
    }

    private static void ask(SSLSocket secure, String authority, String host) throws IOException {
        String request =
                "GET " + Protocol.PATH + " HTTP/1.1\r\nHost: " + authority + "\r\n" + Protocol.ADMISSION_HEADER + ": "
                        + host + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        // any 16 bytes (RFC 6455, section 4.1)
                        + "Sec-WebSocket-Key: bWVzb3MtaWFtLWRvY3Rvcg==\r\n\r\n";
        secure.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    /** The first line of the answer. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n' && line.length() < LONGEST_LINE; next = in.read()) {
            if (next < 0) {
                throw new EOFException("it closed the connection without an answer");
            }
            line.append((char) (next < ' ' || next > '~' ? ' ' : next));
        }
        return line.toString().strip();
    }

    /** The body of an answer whose first line is read. */
    private static String body(String line, InputStream in) throws IOException {
        InputStream whole = new SequenceInputStream(
                new ByteArrayInputStream((line + "\n").getBytes(StandardCharsets.US_ASCII)), in);
        return new String(HttpResponse.read(whole, LONGEST_BODY).body(), StandardCharsets.UTF_8);
    }

    private static Finding answered(URI uri, String line, String host) {
        String good = uri + " answers, has a valid certificate, and ";
        if (line.startsWith("HTTP/1.1 200 ")) {
            return Finding.ok(
                    "controller",
                    good
                            + (host.isEmpty()
                                    ? "accepts this agent's certificate; whether it is for this host is known when the Mesos agent has"
                                            + " registered"
                                    : "admits this host"));
        }
        if (line.matches("HTTP/1\\.1 101 .*")) {
            return Finding.ok(
                    "controller",
                    good
                            + "trusts the authority of this agent's certificate; it is of an earlier version, so the agent's log says whether"
                            + " it admits this host");
        }
        return line.matches("HTTP/1\\.1 429 .*")
                ? Finding.warning(
                        "controller",
                        uri + " has too many connections with this agent's certificate",
                        Unreached.OTHER_PROGRAMS)
                : Finding.warning(
                        "controller", uri + " answers, but not as a controller: " + line, Unreached.AGENT_PORT);
    }

    private static Finding unreached(URI uri, IOException failure) {
        Unreached why = Unreached.of(failure)
                .orElseGet(() -> new Unreached(
                        String.valueOf(failure.getMessage()),
                        "check the route, its agent port, and that its certificate names " + uri.getHost()));
        return Finding.warning("controller", uri + " can't be reached: " + why.text(), why.cure());
    }

    private Attempt failed(URI uri, IOException failure, boolean connected) {
        Optional<TlsRefusal> refusal = TlsRefusal.of(failure);
        if (refusal.isPresent()) {
            return new Attempt.Ended(Finding.failure(
                    "controller",
                    uri + ": " + refusal.get().text(),
                    refusal.get().cure()));
        }
        if (!connected) {
            return new Attempt.Ended(unreached(uri, failure));
        }
        return failure instanceof SocketTimeoutException
                ? new Attempt.Ended(Finding.warning(
                        "controller",
                        uri + " accepts the connection and doesn't answer within " + limit.toSeconds() + " s",
                        "look whether that controller is overloaded; if it is no controller, " + Unreached.AGENT_PORT))
                : new Attempt.Broken(failure);
    }

    private static Finding ended(URI uri, IOException failure) {
        return Finding.warning(
                "controller",
                uri + " ends the connection: " + failure.getMessage(),
                "look for this host's address in the controller's log, which names a refused certificate");
    }
}
