package io.mesosiam.signin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Settings of signing in to the API. */
@ConfigMapping(prefix = "mesos-iam.sign-in")
public interface SignInConfig {
    /**
     * Roles of requests without a credential, with commas between: {@code viewer}, {@code operator,namespace-admin:/data}.
     * Only with plain HTTP, which is served on loopback only. Every user of the host has these roles. Default none: such
     * requests are refused.
     */
    Optional<String> loopbackRoles();

    /**
     * How many wrong credentials of one address a minute are answered with 401, and twice as many at once; more are answered
     * with 429. A right credential is accepted in any case. Default 10.
     */
    @WithDefault("10")
    int failuresPerMinute();

    /** A file with the bootstrap token. Default none: the first start makes one and prints it. */
    Optional<Path> bootstrapTokenFile();

    /** Roles by the values of the provider's claim: {@code platform=admin,data-leads=namespace-admin:/data}. */
    Optional<String> roleMapping();

    /** Roles by the names in client certificates: {@code cn:ci=operator,uri:spiffe://x/y=viewer}. */
    Optional<String> certificateMapping();

    /** The issuer of the OpenID Connect provider. Default none: no provider. */
    Optional<URI> oidcIssuer();

    /** The id of this client at the provider. */
    Optional<String> oidcClientId();

    /** A file with the client's secret at the provider. Default none: a public client. */
    Optional<Path> oidcClientSecretFile();

    /** The audience that access tokens must have. Default the client's id. */
    Optional<String> oidcAudience();

    /** The claim with the values that {@link #roleMapping} maps; a path has slashes. Default {@code groups}. */
    @WithDefault("groups")
    String oidcRolesClaim();

    /** The claim that audit events name the caller by. Default {@code sub}. */
    @WithDefault("sub")
    String oidcNameClaim();

    /** A file with the authorities of the provider's certificate. Default the JDK's. */
    Optional<Path> oidcCaFile();
}
