package io.mesosiam.policy;

import io.mesosiam.mesos.MesosRole;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One row of the table {@code policy} as the driver hands it over. */
final class PolicyRow {
    /** Casts spare the driver from types that it doesn't know. */
    static final String QUERY = """
            select id, namespace::text, name, effect, priority, enabled,
                framework_principal::text, framework_name::text, mesos_role::text, task_name::text, task_user::text,
                image::text, labels, agent_attributes,
                credential_name::text, iam_role_arn::text, session_name, session_policy::text, session_policy_arns, tags,
                transitive_tags, source_identity, external_id, region,
                extract(epoch from session_length)::bigint as session_seconds,
                extract(epoch from lease_ttl)::bigint as lease_seconds,
                sharing, prefetch, sensitive, match_all
            from policy""";

    private final Row row;

    PolicyRow(Row row) {
        this.row = row;
    }

    PolicyId id() {
        return new PolicyId(row.getUUID("id"));
    }

    String name() {
        return row.getString("name");
    }

    Effect effect() {
        return constant(Effect.class, row.getString("effect"));
    }

    /** @throws RuntimeException if SQL accepted what our types don't; the message says what */
    Policy policy() {
        if (selectors().isEmpty() && !row.getBoolean("match_all")) {
            throw new IllegalArgumentException("a policy without selectors needs match_all");
        }
        return new Policy(
                id(),
                row.getString("namespace"),
                name(),
                row.getBoolean("enabled"),
                row.getInteger("priority"),
                selectors(),
                rule());
    }

    private List<Selector> selectors() {
        List<Selector> selectors = new ArrayList<>();
        text("framework_principal").map(Selector.FrameworkPrincipal::new).ifPresent(selectors::add);
        text("framework_name").map(Selector.FrameworkName::new).ifPresent(selectors::add);
        text("mesos_role").map(MesosRole::new).map(Selector.UnderMesosRole::new).ifPresent(selectors::add);
        text("task_name").map(Glob::new).map(Selector.TaskName::new).ifPresent(selectors::add);
        text("task_user").map(Selector.TaskUser::new).ifPresent(selectors::add);
        text("image").map(Glob::new).map(Selector.Image::new).ifPresent(selectors::add);
        labels().forEach(selectors::add);
        agentAttributes().forEach(selectors::add);
        return selectors;
    }

    private Stream<Selector> labels() {
        JsonArray labels = orElse(row.getJsonArray("labels"), new JsonArray());
        return labels.stream()
                .map(JsonObject.class::cast)
                .map(label ->
                        new Selector.HasLabel(label.getString("key"), Optional.ofNullable(label.getString("value"))));
    }

    private Stream<Selector> agentAttributes() {
        JsonObject attributes = orElse(row.getJsonObject("agent_attributes"), new JsonObject());
        return attributes.fieldNames().stream()
                .sorted()
                // a number is compared as the text that Mesos would read as the same number
                .map(name -> new Selector.AgentAttribute(
                        name, Optional.ofNullable(attributes.getValue(name)).map(Object::toString)));
    }

    private Rule rule() {
        Optional<CredentialName> name = text("credential_name").map(CredentialName::new);
        return switch (effect()) {
            case ALLOW -> new Rule.Allow(name.orElse(CredentialName.DEFAULT), entitlement());
            case DENY -> new Rule.Deny(name);
        };
    }

    private Entitlement entitlement() {
        return new Entitlement(
                new IamRole(row.getString("iam_role_arn")),
                text("session_name"),
                text("session_policy"),
                set("session_policy_arns"),
                tags(),
                set("transitive_tags"),
                text("source_identity"),
                text("external_id"),
                text("region"),
                Duration.ofSeconds(row.getLong("session_seconds")),
                Optional.ofNullable(row.getLong("lease_seconds")).map(Duration::ofSeconds),
                constant(Sharing.class, row.getString("sharing")),
                constant(Prefetch.class, row.getString("prefetch")),
                row.getBoolean("sensitive"));
    }

    private Map<String, String> tags() {
        JsonObject object = row.getJsonObject("tags");
        Map<String, String> tags = new TreeMap<>();
        object.fieldNames().forEach(key -> tags.put(key, object.getString(key)));
        return tags;
    }

    /** Order and repetition mean nothing to AWS, so they don't make two answers different. */
    private List<String> set(String column) {
        return Arrays.stream(row.getArrayOfStrings(column)).distinct().sorted().toList();
    }

    private Optional<String> text(String column) {
        return Optional.ofNullable(row.getString(column));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Enum.valueOf(type, text.replace('-', '_').toUpperCase(Locale.ROOT));
    }

    private static <T> T orElse(@Nullable T value, T other) {
        return value == null ? other : value;
    }
}
