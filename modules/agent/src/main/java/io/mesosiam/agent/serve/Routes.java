package io.mesosiam.agent.serve;

import com.sun.net.httpserver.Headers;
import io.mesosiam.agent.serve.ParsedRequest.Asked;
import io.mesosiam.agent.serve.ParsedRequest.Unreadable;
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
 * Which paths there are at which surface, and what is asked for there. Paths are compared as they are sent, never decoded, so
 * that each thing has one name.
 *
 * @param credentialPaths the container endpoint's; each as it is gives the credentials called {@code default}
 * @param metadataPaths the facts about the instance that are told, below {@code /latest/meta-data/}
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
    /** A role's name by IAM: letters, digits and these, 64 at most. As on EC2 a slash may follow. */
    private static final Pattern ROLES =
            Pattern.compile("/latest/meta-data/iam/security-credentials(/(?:([A-Za-z0-9_+=,.@-]{1,64})/?)?)?");

    private static final Pattern LIFE = Pattern.compile("[0-9]{1,5}");
    private static final int LONGEST_LIFE = 21600;

    Routes {
        credentialPaths = Set.copyOf(credentialPaths);
        metadataPaths = Set.copyOf(metadataPaths);
    }

    /** A path that is ours: how it is asked, and what for. */
    record Route(String method, Function<Headers, ParsedRequest> read) {}

    /**
     * What is at a path; empty if nothing is.
     *
     * @param query as sent, null without one
     */
    Optional<Route> find(CredentialApi api, String path, @Nullable String query) {
        return switch (api) {
            case ECS -> credentialName(path, query).map(name -> get(api, new Ask.Credentials(name)));
            case EKS ->
                path.equals(EKS_PATH) && query == null
                        ? Optional.of(get(api, new Ask.Credentials(DEFAULT_NAME)))
                        : Optional.empty();
            case IMDS -> query == null ? metadata(path) : Optional.empty();
        };
    }

    /** {@code PATH}, {@code PATH/NAME}, or {@code PATH?id=NAME} as the first container agents had it. */
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
            return Optional.of(
                    getWithToken(token -> role == null ? new Ask.RoleList(token) : new Ask.RoleDocument(role, token)));
        }
        if (path.equals(IDENTITY_PATH)) {
            return Optional.of(getWithToken(Ask.IdentityDocument::new));
        }
        return Optional.of(path)
                .filter(p -> p.startsWith(METADATA))
                .map(p -> p.substring(METADATA.length()))
                .filter(metadataPaths::contains)
                .map(fact -> getWithToken(token -> new Ask.InstanceFact(fact, token)));
    }

    private Route get(CredentialApi api, Ask ask) {
        return new Route(
                "GET",
                headers -> requireAuthorization && !authorized(headers)
                        ? new Unreadable(Failure.AUTHORIZATION_NEEDED)
                        : new Asked(api, ask));
    }

    /**
     * The value is not compared with anything: a program that was only made to fetch a URL sends no such header. The scheme Basic doesn't count:
     * HTTP clients send it for a user name in the URL, which whoever chooses the URL chooses too.
     */
    private static boolean authorized(Headers headers) {
        List<String> sent = headers.getOrDefault("Authorization", List.of());
        return sent.size() == 1
                && !sent.getFirst().isBlank()
                && !sent.getFirst().strip().toLowerCase(Locale.ROOT).startsWith("basic");
    }

    private static Route getWithToken(Function<Optional<String>, Ask> ask) {
        return new Route("GET", headers -> new Asked(CredentialApi.IMDS, ask.apply(token(headers.get(TOKEN_HEADER)))));
    }

    /** Two tokens are one that is good for nothing. */
    private static Optional<String> token(@Nullable List<String> sent) {
        return Optional.ofNullable(sent).map(values -> values.size() == 1 ? values.getFirst() : "");
    }

    private static ParsedRequest token(Headers headers) {
        List<String> sent = headers.getOrDefault(TOKEN_LIFE_HEADER, List.of());
        if (sent.size() == 1 && LIFE.matcher(sent.getFirst()).matches()) {
            int seconds = Integer.parseInt(sent.getFirst());
            if (seconds >= 1 && seconds <= LONGEST_LIFE) {
                return new Asked(CredentialApi.IMDS, new Ask.MetadataToken(Duration.ofSeconds(seconds)));
            }
        }
        return new Unreadable(Failure.BAD_TOKEN_LIFE);
    }
}
