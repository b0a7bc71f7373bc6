package io.mesosiam.agent.hostrole;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.mesosiam.channel.wire.AgentMessage.Untried;
import io.mesosiam.reach.NoConnection;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls AssumeRole once for each role, as the host's role. A session that STS makes denies everything and ends after the
 * shortest time that STS allows, and the answer with its credentials is closed unread: only its status counts.
 */
final class AssumeRole implements AutoCloseable {
    /** What auditors find in CloudTrail. */
    static final String SESSION_NAME = "mesos-iam-host-role-trial";

    private static final String DENY_ALL =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}";

    private static final String NO_ANSWER = "no-answer";
    private static final int MAX_ERROR = 16 * 1024;
    private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9.]{1,64})</Code>");
    private static final Set<String> THROTTLING =
            Set.of("Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException");

    private final HttpClient client;
    private final URI sts;
    private final String region;
    private final HostCredentials credentials;
    private final InstantSource clock;
    private final Duration limit;

    /**
     * @param sts its address
     * @param limit for one call
     */
    AssumeRole(URI sts, String region, HostCredentials credentials, InstantSource clock, Duration limit) {
        this.sts = sts;
        this.region = region;
        this.credentials = credentials;
        this.clock = clock;
        this.limit = limit;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(limit)
                .build();
    }

    /** The result for one role. */
    sealed interface Result {
        record Assumable() implements Result {}

        /** STS refuses the role to the host's role. */
        record Refused() implements Result {}

        /** It is not known; {@code code} and {@code message} are those of {@link Untried}. */
        record Unknown(String code, String message) implements Result {
            /** STS limits the calls of the whole account, tasks' calls included; without an answer each role costs a time limit. */
            boolean endsBatch() {
                return code.equals(Untried.THROTTLED) || code.equals(NO_ANSWER);
            }
        }
    }

    Result attempt(String roleArn) throws InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request(form(roleArn)), body());
        try {
            // the request's own limit would cover only the headers of the answer
            return result(answer.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            String why = NoConnection.of(e)
                    .map(NoConnection::words)
                    .orElseGet(() -> "the answer could not be read: " + reason(e));
            return new Result.Unknown(NO_ANSWER, sts + ": " + why);
        } catch (TimeoutException e) {
            return new Result.Unknown(NO_ANSWER, sts + ": no complete answer within " + limit.toMillis() + " ms");
        } finally {
            answer.cancel(true);
        }
    }

    /** An exception's message may quote the peer, which is bounded and made one line where it is sent. */
    private static String reason(ExecutionException failure) {
        return failure.getCause() instanceof IOException cause && cause.getMessage() != null
                ? cause.getMessage()
                : String.valueOf(failure.getMessage());
    }

    private static String form(String roleArn) {
        return "Action=AssumeRole&Version=2011-06-15&DurationSeconds=900&RoleSessionName=" + SESSION_NAME + "&Policy="
                + URLEncoder.encode(DENY_ALL, UTF_8) + "&RoleArn=" + URLEncoder.encode(roleArn, UTF_8);
    }

    private HttpRequest request(String form) {
        String host = sts.getPort() < 0 ? sts.getHost() : sts.getHost() + ":" + sts.getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(sts.resolve("/")).POST(BodyPublishers.ofString(form));
        new SignedPost(host, region, form, clock.instant()).headers(credentials).forEach(request::header);
        return request.build();
    }

    /** Reads nothing of an answer with credentials, and the beginning of others. */
    private static BodyHandler<byte[]> body() {
        return answer -> answer.statusCode() == 200
                ? new Unread()
                : BodySubscribers.limiting(BodySubscribers.ofByteArray(), MAX_ERROR);
    }

    private static Result result(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        if (status == 200) {
            return new Result.Assumable();
        }
        Matcher found = CODE.matcher(new String(answer.body(), ISO_8859_1));
        String code = found.find() ? found.group(1) : "";
        if (status == 403 && code.equals("AccessDenied")) {
            return new Result.Refused();
        }
        String message = "STS answers with status " + status + (code.isEmpty() ? " and no code" : " and code " + code);
        return new Result.Unknown(
                status == 429 || THROTTLING.contains(code) ? Untried.THROTTLED : "unexpected-answer", message);
    }

    /** Cancels the body, which closes the connection. */
    private static final class Unread implements BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> nothing = new CompletableFuture<>();

        @Override
        public CompletionStage<byte[]> getBody() {
            return nothing;
        }

        @Override
        public void onSubscribe(Flow.Subscription body) {
            body.cancel();
            nothing.complete(new byte[0]);
        }

        @Override
        public void onNext(List<ByteBuffer> part) {
            // cancelled
        }

        @Override
        public void onError(Throwable failure) {
            // cancelled
        }

        @Override
        public void onComplete() {
            // cancelled
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
