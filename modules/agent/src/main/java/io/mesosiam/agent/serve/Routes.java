package io.mesosiam.agent.serve;

import com.sun.net.httpserver.Headers;
import io.mesosiam.agent.serve.ParsedRequest.Unreadable;
import io.mesosiam.agent.serve.ParsedRequest.Valid;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The paths of each service and what they return. Paths are compared as sent, without decoding, so that each resource
 * has one name.
 *
 * @param credentialPaths the container endpoint's paths; without a name they return the credentials called
 *     {@code default}
 * @param metadataPaths paths of the served facts about the instance, below {@code /latest/meta-data/}
 * @param requireAuthorization whether ECS and EKS credentials need an {@code Authorization} header
 */
record Routes(Set<String> credentialPaths, Set<String> metadataPaths, boolean requireAuthorization) {
    static final String DEFAULT_NAME = "default";
    static final String TOKEN_HEADER = "X-aws-ec2-metadata-token";
    static final String TOKEN_LIFE_HEADER = "X-aws-ec2-metadata-token-ttl-seconds";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");
    private static final String EKS_PATH = "/v1/credentials";
    private static final String TOKEN_PATH = "/latest/api/token";
    private static final String IDENTITY_PATH = "/latest/dynamic/instance-identity/document";
    private static final String METADATA = "/latest/meta-data/";
    /** An IAM role's name: letters, digits and these characters, at most 64. As on EC2, a slash may follow. */
    private static final Pattern ROLES =
            Pattern.compile("/latest/meta-data/iam/security-credentials(/(?:([A-Za-z0-9_+=,.@-]{1,64})/?)?)?");

    private static final Pattern LIFE = Pattern.compile("[0-9]{1,5}");
    private static final int LONGEST_LIFE = 21600;

    Routes {
        credentialPaths = Set.copyOf(credentialPaths);
        metadataPaths = Set.copyOf(metadataPaths);
    }

    /** A known path: its method, and how to parse a request to it. */
    record Route(String method, Function<Headers, ParsedRequest> read) {}

    /**
     * The route of a path; empty if there is none.
     *
     * @param query as sent, null without one
     */
    Optional<Route> find(CredentialApi api, String path, @Nullable String query) {
        return switch (api) {
            case ECS -> credentialName(path, query).map(name -> get(api, new CredentialRequest.Credentials(name)));
            case EKS ->
                path.equals(EKS_PATH) && query == null
                        ? Optional.of(get(api, new CredentialRequest.Credentials(DEFAULT_NAME)))
                        : Optional.empty();
            case IMDS -> query == null ? metadata(path) : Optional.empty();
        };
    }

    /** {@code PATH}, {@code PATH/NAME}, or {@code PATH?id=NAME} as in the first container agents. */
    private Optional<String> credentialName(String path, @Nullable String query) {
        if (credentialPaths.contains(path)) {
            return query == null
                    ? Optional.of(DEFAULT_NAME)
                    : query.startsWith("id=") ? name(query.substring("id=".length())) : Optional.empty();
        }
        int slash = path.lastIndexOf('/');
        return query == null && slash > 0 && credentialPaths.contains(path.substring(0, slash))
                ? name(path.substring(slash + 1))
                : Optional.empty();
    }

    private static Optional<String> name(String text) {
        return Optional.of(text).filter(name -> NAME.matcher(name).matches());
    }

    private Optional<Route> metadata(String path) {
        if (path.equals(TOKEN_PATH)) {
            return Optional.of(new Route("PUT", Routes::token));
        }
        Matcher roles = ROLES.matcher(path);
        if (roles.matches()) {
            String role = roles.group(2);
            return Optional.of(getWithToken(token -> role == null
                    ? new CredentialRequest.RoleList(token)
                    : new CredentialRequest.RoleDocument(role, token)));
        }
        if (path.equals(IDENTITY_PATH)) {
            return Optional.of(getWithToken(CredentialRequest.IdentityDocument::new));
        }
        return Optional.of(path)
                .filter(p -> p.startsWith(METADATA))
                .map(p -> p.substring(METADATA.length()))
                .filter(metadataPaths::contains)
                .map(fact -> getWithToken(token -> new CredentialRequest.InstanceFact(fact, token)));
    }

    private Route get(CredentialApi api, CredentialRequest request) {
        return new Route(
                "GET",
                headers -> requireAuthorization && !authorized(headers)
                        ? new Unreadable(Failure.AUTHORIZATION_NEEDED)
                        : new Valid(api, request));
    }

    /**
     * Whether there is an authorization header. Its value is not compared with anything: its purpose is that a program
     * that was only tricked into fetching a URL does not send one. A value that begins with Basic, in any case,
     * does not count, because HTTP clients send the scheme Basic for a user name in the URL.
     */
    private static boolean authorized(Headers headers) {
        List<String> sent = headers.getOrDefault("Authorization", List.of());
        return sent.size() == 1
                && !sent.getFirst().isBlank()
                && !sent.getFirst().strip().toLowerCase(Locale.ROOT).startsWith("basic");
    }

    private static Route getWithToken(Function<Optional<String>, CredentialRequest> request) {
        return new Route(
                "GET", headers -> new Valid(CredentialApi.IMDS, request.apply(token(headers.get(TOKEN_HEADER)))));
    }

    /** The token header. Two headers are an invalid token. */
    private static Optional<String> token(@Nullable List<String> sent) {
        return Optional.ofNullable(sent).map(values -> values.size() == 1 ? values.getFirst() : "");
    }

    private static ParsedRequest token(Headers headers) {
        List<String> sent = headers.getOrDefault(TOKEN_LIFE_HEADER, List.of());
        if (sent.size() == 1 && LIFE.matcher(sent.getFirst()).matches()) {
            int seconds = Integer.parseInt(sent.getFirst());
            if (seconds >= 1 && seconds <= LONGEST_LIFE) {
                return new Valid(CredentialApi.IMDS, new CredentialRequest.MetadataToken(Duration.ofSeconds(seconds)));
            }
        }
        return new Unreadable(Failure.BAD_TOKEN_LIFE);
    }
}
