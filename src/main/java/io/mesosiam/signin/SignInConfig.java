package io.mesosiam.signin;

import io.smallrye.config.ConfigMapping;
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
}
