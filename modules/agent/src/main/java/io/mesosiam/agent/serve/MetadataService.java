package io.mesosiam.agent.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.mesosiam.agent.serve.InstanceMetadata.Fact;
import io.mesosiam.reach.NoConnection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Client of the host's real instance metadata service, version 2: it requests a token, then the path. Tasks receive the
 * answer, so it must be one line of at most 1,024 printable ASCII characters.
 *
 * @param url {@code http://host:port}
 */
record MetadataService(URI url) {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final int MAX_BYTES = 1024;
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1," + MAX_BYTES + "}");

    /** Fetches a path with a new client: an agent makes only a few fetches. */
    Fact fetch(String path) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(LIMIT)
                .build();
        try {
            HttpResponse<String> token = send(
                    client,
                    HttpRequest.newBuilder(url.resolve("/latest/api/token"))
                            .header(Routes.TOKEN_LIFE_HEADER, "60")
                            .PUT(BodyPublishers.noBody()));
            if (token.statusCode() != 200) {
                return new Fact.Unknown("a request for a token is answered " + token.statusCode());
            }
            HttpResponse<String> fact = send(
                    client,
                    HttpRequest.newBuilder(url.resolve("/latest/meta-data/" + path))
                            .header(Routes.TOKEN_HEADER, token.body()));
            return switch (fact.statusCode()) {
                case 200 ->
                    PRINTABLE.matcher(fact.body()).matches()
                            ? new Fact.Known(fact.body())
                            : new Fact.Unknown("its answer is not one line of text");
                case 404 -> new Fact.Missing();
                default -> new Fact.Unknown("the request is answered " + fact.statusCode());
            };
        } catch (IOException | IllegalArgumentException e) {
            return new Fact.Unknown(reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Fact.Unknown("the agent is stopping");
        } finally {
            client.shutdownNow();
        }
    }

    private String reason(Exception e) {
        return NoConnection.of(e)
                .map(why -> url + ": " + why.words())
                .orElseGet(() ->
                        url + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> response = client.sendAsync(
                request.timeout(LIMIT).build(), BodyHandlers.limiting(BodyHandlers.ofString(ISO_8859_1), MAX_BYTES));
        try {
            // the request's own limit covers only the headers of the answer
            return response.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new IOException("no complete answer within " + LIMIT.toMillis() + " ms");
        }
    }
}
