package io.mesosiam.api.port;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * The settings of Quarkus that follow from those of the ports and of the provider. Operators can't set them by their
 * own names. A value that can't be read is left out; the start check names it.
 */
public final class DerivedSettings implements ConfigSourceFactory {
    /** Like the program's application.properties, so that the start check doesn't count them as an operator's. */
    private static final int ORDINAL = 250;

    /** The name of the API's certificates in the registry. */
    static final String REGISTERED = "mesos-iam-api";

    private static final String PROVIDER = "mesos-iam-provider";

    /** Where the provider sends browsers back to. */
    private static final String CALLBACK = "/sign-in";

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext given) {
        Map<String, String> derived = new HashMap<>();
        boolean plain = text(given, "mesos-iam.api.plain-http")
                .map(Boolean::parseBoolean)
                .orElse(false);
        if (plain) {
            derived.put("quarkus.http.insecure-requests", "enabled");
        } else {
            tls(given, derived);
        }
        provider(given, derived, plain);
        agents(given, derived);
        return List.of(new PropertiesConfigSource(derived, "mesos-iam derived settings", ORDINAL));
    }

    private static void tls(ConfigSourceContext given, Map<String, String> derived) {
        String registered = "quarkus.tls." + REGISTERED;
        derived.put("quarkus.http.insecure-requests", "disabled");
        derived.put("quarkus.http.tls-configuration-name", REGISTERED);
        text(given, "quarkus.http.port").ifPresent(port -> derived.put("quarkus.http.ssl-port", port));
        derived.put(registered + ".protocols", "TLSv1.3,TLSv1.2");
        text(given, "mesos-iam.api.certificate-file")
                .or(() -> text(given, "mesos-iam.channel.certificate-file"))
                .ifPresent(file -> derived.put(registered + ".key-store.pem.port.cert", file));
        text(given, "mesos-iam.api.key-file")
                .or(() -> text(given, "mesos-iam.channel.key-file"))
                .ifPresent(file -> derived.put(registered + ".key-store.pem.port.key", file));
        text(given, "mesos-iam.api.client-ca-file").ifPresent(file -> {
            derived.put(registered + ".trust-store.pem.certs", file);
            derived.put(registered + ".trust-store.certificate-expiration-policy", "ignore");
        });
    }

    /** The authorities of the agents' certificates: a port of which hosts enrol needs no file of others. */
    private static void agents(ConfigSourceContext given, Map<String, String> derived) {
        text(given, "mesos-iam.channel.ca-file").ifPresent(file -> {
            derived.put("quarkus.tls.mesos-iam-agents.trust-store.pem.certs", file);
            // the JDK refuses agents' expired certificates; the registry's own check would log a stack trace for each
            derived.put("quarkus.tls.mesos-iam-agents.trust-store.certificate-expiration-policy", "ignore");
        });
    }

    private static void provider(ConfigSourceContext given, Map<String, String> derived, boolean plain) {
        Optional<String> issuer = text(given, "mesos-iam.sign-in.oidc-issuer");
        derived.put("quarkus.oidc.tenant-enabled", String.valueOf(issuer.isPresent()));
        if (issuer.isEmpty()) {
            return;
        }
        String client = text(given, "mesos-iam.sign-in.oidc-client-id").orElse("");
        String audience = text(given, "mesos-iam.sign-in.oidc-audience").orElse(client);
        derived.put("quarkus.oidc.auth-server-url", issuer.get());
        derived.put("quarkus.oidc.client-id", client);
        derived.put("quarkus.oidc.application-type", "hybrid");
        // of ID tokens the client, of access tokens the audience
        derived.put("quarkus.oidc.token.audience", audience.equals(client) ? client : audience + "," + client);
        derived.put("quarkus.oidc.token.lifespan-grace", "30");
        derived.put("quarkus.oidc.token.allow-opaque-token-introspection", "false");
        derived.put("quarkus.oidc.token.allow-jwt-introspection", "false");
        derived.put(
                "quarkus.oidc.token.principal-claim",
                text(given, "mesos-iam.sign-in.oidc-name-claim").orElse("sub"));
        // tokens do not have this claim; ProviderClaims reads the roles, because Quarkus splits a text at its blanks
        derived.put("quarkus.oidc.roles.role-claim-path", "mesos-iam/no-claim");
        derived.put("quarkus.oidc.authentication.redirect-path", CALLBACK);
        derived.put("quarkus.oidc.authentication.restore-path-after-redirect", "true");
        derived.put("quarkus.oidc.authentication.pkce-required", "true");
        derived.put("quarkus.oidc.authentication.nonce-required", "true");
        derived.put("quarkus.oidc.authentication.cookie-force-secure", String.valueOf(!plain));
        derived.put("quarkus.oidc.token-state-manager.strategy", "id-token");
        text(given, "mesos-iam.sign-in.oidc-client-secret-file")
                .flatMap(DerivedSettings::read)
                .ifPresent(secret -> derived.put("quarkus.oidc.credentials.secret", secret));
        text(given, "mesos-iam.sign-in.oidc-ca-file").ifPresent(file -> {
            derived.put("quarkus.tls." + PROVIDER + ".trust-store.pem.certs", file);
            derived.put("quarkus.oidc.tls.tls-configuration-name", PROVIDER);
        });
    }

    private static Optional<String> read(String file) {
        try {
            return Optional.of(Files.readString(Path.of(file)).strip()).filter(secret -> !secret.isEmpty());
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(ConfigSourceContext given, String name) {
        return Optional.ofNullable(given.getValue(name))
                .map(ConfigValue::getValue)
                .filter(text -> !text.isBlank());
    }
}
