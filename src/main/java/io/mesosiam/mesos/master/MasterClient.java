package io.mesosiam.mesos.master;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.json.MasterJson;
import io.mesosiam.mesos.master.MasterFailure.Kind;
import io.mesosiam.reach.NoConnection;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;

/**
 * Sends requests to masters over HTTP/1.1. It follows redirects itself, because the JDK's client would drop a POST's
 * body and would not check with {@link MasterHosts} whether the credentials may be sent there.
 */
final class MasterClient implements AutoCloseable {
    private static final int MAX_REDIRECTS = 3;
    private static final int MAX_ERROR_TEXT = 512;

    private final TlsClient http;
    private final MasterHosts hosts;
    private final BasicCredential credential;
    private final Duration readTimeout;
    private final LongSupplier nanoTime;
    private final PeerClocks peers;
    private final Set<IdleTimeoutInputStream> open = ConcurrentHashMap.newKeySet();

    /** @param nanoTime as {@link System#nanoTime}, for idle timeouts */
    MasterClient(MesosConfig config, LongSupplier nanoTime, PeerClocks peers) {
        this.peers = peers;
        this.hosts = new MasterHosts(config.masters(), AliasList.and(config.aliases(), config.alias()));
        this.credential = new BasicCredential(config.principal(), config.secretFile());
        this.readTimeout = config.readTimeout();
        this.nanoTime = nanoTime;
        this.http = new TlsClient(TlsFiles.of(config), config.connectTimeout());
    }

    /**
     * Finds the leading master by requesting {@code /redirect} from each master in turn; this needs no credentials.
     *
     * @return its URL
     * @throws MasterFailure {@link Kind#NO_LEADER} if a master reports that there is no leader, otherwise the failure
     *     of the last request
     */
    URI findLeader() throws MasterFailure, InterruptedException {
        List<MasterFailure> failures = new ArrayList<>();
        for (URI master : hosts.masters()) {
            try {
                return leaderBy(master);
            } catch (MasterFailure e) {
                failures.add(e);
            }
        }
        throw failures.stream()
                .filter(f -> f.kind() != Kind.UNAVAILABLE)
                .findFirst()
                .orElse(failures.getLast());
    }

    /**
     * Sends a GET request.
     *
     * @return the body, which the caller closes
     */
    IdleTimeoutInputStream get(URI master, String path) throws MasterFailure, InterruptedException {
        return send("GET", master.resolve(path), Optional.empty());
    }

    /**
     * Calls the v1 operator API.
     *
     * @return the body, which the caller closes; for SUBSCRIBE it continues until either side closes it
     */
    IdleTimeoutInputStream call(URI master, String json) throws MasterFailure, InterruptedException {
        return send("POST", master.resolve("/api/v1"), Optional.of(json));
    }

    /**
     * Reads a body to its end as one document, and closes it. Every failure becomes a {@link MasterFailure} that names
     * the request.
     *
     * @param limit maximum size in bytes
     */
    static <T> T read(IdleTimeoutInputStream body, long limit, MasterJson.Reader<T> reader) throws MasterFailure {
        try (body) {
            return MasterJson.document(body.request(), new LimitedInputStream(body, limit), reader);
        } catch (MasterJson.Malformed e) {
            throw new MasterFailure(Kind.MALFORMED, e.getMessage(), e);
        } catch (LimitedInputStream.TooLarge e) {
            throw new MasterFailure(Kind.TOO_LARGE, body.request() + ": answer is larger than " + limit + " bytes", e);
        } catch (IOException e) {
            throw body.explain(e);
        }
    }

    /** Closes every body that exceeds its idle timeout. */
    void closeIdle() {
        open.forEach(IdleTimeoutInputStream::closeIfIdle);
    }

    /**
     * Reads the files for TLS again.
     *
     * @return why they can't be used, so that those before stay in use; otherwise empty
     */
    Optional<String> reloadTls() {
        return http.reload();
    }

    @Override
    public void close() {
        for (IdleTimeoutInputStream input : open) {
            try {
                input.close();
            } catch (IOException e) {
                // The reader gets the exception.
            }
        }
        http.close();
    }

    private URI leaderBy(URI master) throws MasterFailure, InterruptedException {
        URI request = master.resolve("/redirect");
        HttpResponse<InputStream> response = exchange("GET", request, Optional.empty(), Optional.empty());
        try (IdleTimeoutInputStream body = body("GET", request, response)) {
            if (response.statusCode() != 307) {
                throw failure(response.statusCode(), body);
            }
            return MasterHosts.origin(hosts.resolve(request, location(request, response)));
        } catch (IOException e) {
            throw unreachable("GET " + request, e);
        }
    }

    private IdleTimeoutInputStream send(String method, URI uri, Optional<String> json)
            throws MasterFailure, InterruptedException {
        URI target = uri;
        for (int redirects = 0; ; redirects++) {
            HttpResponse<InputStream> response = exchange(method, target, json, credential.header());
            IdleTimeoutInputStream body = body(method, target, response);
            if (response.statusCode() == 200) {
                return body;
            }
            try (body) {
                if (response.statusCode() != 307) {
                    throw failure(response.statusCode(), body);
                }
                if (redirects == MAX_REDIRECTS) {
                    throw new MasterFailure(
                            Kind.REDIRECT_REFUSED, "%s %s: more than %d redirects".formatted(method, uri, redirects));
                }
                target = hosts.resolve(target, location(target, response));
            } catch (IOException e) {
                throw unreachable(body.request(), e);
            }
        }
    }

    /** The body of any answer: the time limit of a request ends with the headers. */
    private IdleTimeoutInputStream body(String method, URI uri, HttpResponse<InputStream> response) {
        return new IdleTimeoutInputStream(method, uri, response.body(), nanoTime, readTimeout, open);
    }

    private HttpResponse<InputStream> exchange(
            String method, URI uri, Optional<String> json, Optional<String> authorization)
            throws MasterFailure, InterruptedException {
        var request = HttpRequest.newBuilder(uri)
                .timeout(readTimeout)
                .header("Accept", "application/json")
                .method(
                        method,
                        json.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody));
        json.ifPresent(body -> request.header("Content-Type", "application/json"));
        authorization.ifPresent(value -> request.header("Authorization", value));
        try {
            HttpResponse<InputStream> response =
                    http.current().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            response.headers().firstValue("Date").ifPresent(date -> peers.observeDate(Peer.MASTER, date));
            return response;
        } catch (IOException e) {
            throw unreachable(method + " " + uri, e);
        }
    }

    private static String location(URI requested, HttpResponse<?> response) throws MasterFailure {
        return response.headers()
                .firstValue("Location")
                .orElseThrow(() -> new MasterFailure(Kind.MALFORMED, requested + " redirects without a Location"));
    }

    private static MasterFailure failure(int status, IdleTimeoutInputStream body) {
        String text;
        body.awaitWhole();
        try {
            text = MesosText.abbreviated(new String(body.readNBytes(MAX_ERROR_TEXT), StandardCharsets.UTF_8));
        } catch (IOException e) {
            text = "without its text";
        }
        // the text of some answers begins with the status
        String answer = text.startsWith(status + " ") ? text : status + " " + text;
        return new MasterFailure(MasterFailure.kindOf(status), body.request() + ": " + answer + MasterCure.of(status));
    }

    private static MasterFailure unreachable(String request, IOException e) {
        String what =
                switch (e) {
                    case SSLException ssl ->
                        "TLS refused: " + MesosText.abbreviated(String.valueOf(ssl.getMessage())) + MasterCure.of(ssl);
                    default ->
                        NoConnection.of(e)
                                .map(why -> why.words() + MasterCure.of(why))
                                .orElseGet(() -> "no whole answer: " + MesosText.abbreviated(text(e)));
                };
        return new MasterFailure(Kind.UNAVAILABLE, request + ": " + what, e);
    }

    private static String text(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
