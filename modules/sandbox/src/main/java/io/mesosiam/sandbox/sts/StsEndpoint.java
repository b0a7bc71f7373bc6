package io.mesosiam.sandbox.sts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;

/** The query protocol: a form in, XML out. */
final class StsEndpoint implements HttpHandler {
    private static final int LONGEST_BODY = 256 * 1024;
    private static final Duration LONGEST_CHAINED = Duration.ofHours(1);

    private final InstantSource clock;
    private final KeyRing keys = new KeyRing();
    private final Faults faults = new Faults();
    private final List<StsCall> calls = new CopyOnWriteArrayList<>();
    private final InlinePolicies policies = new InlinePolicies();
    private final Set<String> hubs = ConcurrentHashMap.newKeySet();
    private final Map<String, IssuedSession> sessions = new ConcurrentHashMap<>();
    private volatile UnaryOperator<Duration> lengths = UnaryOperator.identity();

    StsEndpoint(InstantSource clock) {
        this.clock = clock;
    }

    Faults faults() {
        return faults;
    }

    /** The ARNs of roles whose sessions may assume other roles. */
    Set<String> hubs() {
        return hubs;
    }

    /** The sessions of AssumeRole so far, by access key id. */
    Map<String, IssuedSession> sessions() {
        return Map.copyOf(sessions);
    }

    Optional<IssuedSession> session(String accessKeyId) {
        return Optional.ofNullable(sessions.get(accessKeyId));
    }

    void lengths(UnaryOperator<Duration> byRequested) {
        lengths = byRequested;
    }

    /** Makes a session of an instance profile, for an hour. */
    KnownKey instanceProfile(String roleArn) {
        Matcher role = Constraints.ROLE_ARN.matcher(roleArn);
        if (!role.matches()) {
            throw new IllegalArgumentException(roleArn + " is not the ARN of a role");
        }
        return keys.issue(role, "i-0123456789abcdef0", clock.instant().plus(Duration.ofHours(1)));
    }

    InlinePolicies policies() {
        return policies;
    }

    List<StsCall> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body;
            try (InputStream in = exchange.getRequestBody()) {
                body = in.readNBytes(LONGEST_BODY);
            }
            Thread.sleep(faults.delay());
            answer(exchange, body);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        try {
            KnownKey caller = caller(SignedRequest.of(
                    exchange.getRequestMethod(), exchange.getRequestURI(), exchange.getRequestHeaders(), body));
            Map<String, String> parameters = parameters(new String(body, StandardCharsets.UTF_8));
            String action = parameters.getOrDefault("Action", "");
            calls.add(new StsCall(clock.instant(), action, caller.arn(), parameters));
            send(
                    exchange,
                    200,
                    switch (action) {
                        case "AssumeRole" -> assumeRole(caller, parameters);
                        case "GetCallerIdentity" -> StsXml.callerIdentity(caller);
                        case "PutRolePolicy" -> {
                            policies.put(caller, parameters);
                            yield StsXml.done(action);
                        }
                        case "DeleteRolePolicy" -> {
                            policies.delete(caller, parameters);
                            yield StsXml.done(action);
                        }
                        default ->
                            throw new StsError(
                                    400,
                                    "InvalidAction",
                                    "Could not find operation " + action + " for version 2011-06-15");
                    });
        } catch (StsError error) {
            send(exchange, error.status(), StsXml.error(error));
        }
    }

    private KnownKey caller(SignedRequest request) throws StsError {
        KnownKey key = keys.find(request.accessKeyId())
                .filter(known -> known.token().equals(request.token()))
                .orElseThrow(() -> new StsError(
                        403, "InvalidClientTokenId", "The security token included in the request is invalid"));
        if (!request.signedWith(key.secretAccessKey())) {
            throw new StsError(
                    403,
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you provided.");
        }
        if (key.expiration().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            throw StsError.expiredToken();
        }
        return key;
    }

    private String assumeRole(KnownKey caller, Map<String, String> parameters) throws StsError, InterruptedException {
        Matcher role = Constraints.role(parameters);
        String sessionName = Constraints.sessionName(parameters);
        Duration duration = Constraints.duration(parameters);
        Constraints.rest(parameters);
        if (caller.session()) {
            if (duration.compareTo(LONGEST_CHAINED) > 0) {
                throw new StsError(
                        400,
                        "ValidationError",
                        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
            }
            if (caller.role().filter(hubs::contains).isEmpty()) {
                throw StsError.accessDenied(caller.arn(), role.group());
            }
        }
        switch (faults.await(role.group())) {
            case NONE, NEVER -> {}
            case ACCESS_DENIED -> throw StsError.accessDenied(caller.arn(), role.group());
            case THROTTLING -> throw StsError.throttling();
            case VALIDATION_ERROR -> throw StsError.validation("roleArn", role.group(), "Member must be another");
            case EXPIRED_TOKEN -> throw StsError.expiredToken();
            case INTERNAL_FAILURE -> throw StsError.internalFailure();
            case GARBAGE -> {
                return "<html>not what you were looking for";
            }
        }
        Instant now = clock.instant();
        Instant expiration = now.plus(lengths.apply(duration)).truncatedTo(ChronoUnit.SECONDS);
        KnownKey issued = keys.issue(role, sessionName, expiration);
        sessions.put(
                issued.accessKeyId(),
                new IssuedSession(issued.accessKeyId(), role.group(), sessionName, now, expiration));
        return StsXml.assumedRole(issued);
    }

    private static Map<String, String> parameters(String form) {
        var parameters = new HashMap<String, String>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String xml) throws IOException {
        byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/xml");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
