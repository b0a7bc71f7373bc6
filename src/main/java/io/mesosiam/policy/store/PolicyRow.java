package io.mesosiam.policy.store;

import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.DefaultTags;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.UnusableRow;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.UnusableRow.RejectedRow.Consequence;
import io.mesosiam.postgres.PlainReason;
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
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One row of table {@code policy} as the database client returns it. */
final class PolicyRow {
    /**
     * Maximum length, as in the table. From a row older than the table's constraints, one more character is read, so
     * that the excess is detected.
     */
    private static final int LONGEST_JSON = 65_536;

    private static final int MOST_TRANSITIVE_TAGS = 50;

    private static final int MOST_ATTRIBUTES = 32;

    /** What a statement selects to read rows as a whole, without the table. */
    static final String COLUMNS = columns("false");

    /** With the ids as its first parameter, and those that are {@link PolicyBudget#omitted} as its second one. */
    static final String OF_IDS = columns("id = any($2)") + " from policy where id = any($1)";

    /**
     * The casts avoid types that the database client doesn't support.
     *
     * @param omitted the condition for rows of which texts that can be large are read as empty texts
     */
    private static String columns(String omitted) {
        String large = Stream.of(
                        "framework_name", "task_name", "task_user", "image", "labels", "agent_attributes", "tags")
                .map(column -> "case when %1$s and %2$s is not null then '' else left(%2$s::text, 65537) end as %2$s"
                        .formatted(omitted, column))
                .collect(Collectors.joining(", "));
        return """
                select id, version, namespace::text, name, effect, priority, enabled, %1$s as omitted,
                    framework_principal::text, mesos_role::text, credential_name::text, %2$s,
                    iam_role_arn::text, session_name, case when %1$s then null else session_policy::text end as session_policy,
                    case when %1$s then '{}' else session_policy_arns end as session_policy_arns,
                    case when %1$s then '{}' else transitive_tags[1:51] end as transitive_tags,
                    source_identity, external_id, region,
                    extract(epoch from session_length)::bigint as session_seconds,
                    extract(epoch from lease_ttl)::bigint as lease_seconds,
                    sharing, prefetch, sensitive, match_all, via_role_arn, default_tags""".formatted(omitted, large);
    }

    private final Row row;
    private final String cluster;
    private final RevokerRole revoker;

    /** What {@code policy_external_id_set} generates: region, cluster and the policy's id. */
    private static final Pattern GENERATED = Pattern.compile("(?:global|[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2})"
            + "/[A-Za-z0-9][A-Za-z0-9._-]{0,99}/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

    /** @param cluster the name of the Mesos cluster */
    PolicyRow(Row row, String cluster, RevokerRole revoker) {
        this.row = row;
        this.cluster = cluster;
        this.revoker = revoker;
    }

    private PolicyId id() {
        return new PolicyId(row.getUUID("id"), OptionalLong.of(row.getLong("version")));
    }

    /**
     * @throws IllegalArgumentException if the row is valid in SQL but not for the types used here; the message begins
     *     with the column
     */
    Policy policy() {
        List<Selector> selectors = selectors();
        selectors.forEach(selector -> {
            if (selector instanceof Selector.Unreadable unreadable) {
                throw new IllegalArgumentException(unreadable.mismatch());
            }
        });
        if (selectors.isEmpty() && !matchesAll()) {
            throw new IllegalArgumentException("match_all: a policy without selectors needs it");
        }
        return new Policy(
                id(),
                column("namespace", this::required),
                column("name", this::required),
                column("enabled", row::getBoolean),
                column("priority", row::getInteger),
                selectors,
                rule());
    }

    /** Returns the readable parts of this row, for which {@link #policy} failed. */
    UnusableRow unusable(RuntimeException failure) {
        Optional<Effect> effect = readable("effect", text -> constant(Effect.class, text));
        boolean mayDeny = mayBeEnabled() && !effect.equals(Optional.of(Effect.ALLOW));
        List<Selector> selectors = selectors();
        Consequence consequence = mayDeny ? consequence(effect, selectors) : Consequence.NONE;
        String name = text("name").orElse("(without a name)");
        String namespace = text("namespace").orElse("/");
        return new UnusableRow(
                new RejectedRow(id(), name, effect, PlainReason.of(failure), consequence),
                Optional.of(new Policy(
                                id(), namespace, name, true, 0, selectors, new Rule.Deny(readableCredentialName())))
                        .filter(_ -> mayDeny));
    }

    private Consequence consequence(Optional<Effect> effect, List<Selector> selectors) {
        boolean namesTasks = matchesAll() || selectors.stream().anyMatch(s -> !(s instanceof Selector.Unreadable));
        return effect.isPresent() && namesTasks ? Consequence.DENIES : Consequence.HOLDS_BACK;
    }

    /** Returns the selectors. A column that can't be read becomes a {@link Selector.Unreadable}. */
    private List<Selector> selectors() {
        List<Selector> selectors = new ArrayList<>();
        selectors.addAll(
                selector("framework_principal", Attribute.FRAMEWORK_PRINCIPAL, Selector.FrameworkPrincipal::new));
        selectors.addAll(selector("framework_name", Attribute.FRAMEWORK_NAME, Selector.FrameworkName::new));
        selectors.addAll(
                selector("mesos_role", Attribute.MESOS_ROLE, role -> new Selector.UnderMesosRole(new MesosRole(role))));
        selectors.addAll(
                selector("task_name", Attribute.TASK_NAME, pattern -> new Selector.TaskName(new Glob(pattern))));
        selectors.addAll(selector("task_user", Attribute.TASK_USER, Selector.TaskUser::new));
        selectors.addAll(selector("image", Attribute.IMAGE, pattern -> new Selector.Image(new Glob(pattern))));
        selectors.addAll(selectors("labels", Attribute.LABEL, PolicyRow::labels));
        selectors.addAll(selectors("agent_attributes", Attribute.AGENT_ATTRIBUTE, PolicyRow::agentAttributes));
        return selectors;
    }

    private boolean matchesAll() {
        return Boolean.TRUE.equals(row.getBoolean("match_all"));
    }

    /** Whether the row may be enabled; true if the column can't be read. */
    private boolean mayBeEnabled() {
        return !Boolean.FALSE.equals(row.getBoolean("enabled"));
    }

    /** The credential name; empty, which for a deny means every name, if it can't be read. */
    private Optional<CredentialName> readableCredentialName() {
        return readable("credential_name", CredentialName::new);
    }

    private List<Selector> selector(String column, Attribute attribute, Function<String, Selector> parse) {
        return selectors(column, attribute, text -> Stream.of(parse.apply(text)));
    }

    private List<Selector> selectors(String column, Attribute attribute, Function<String, Stream<Selector>> parse) {
        try {
            return large(column).stream().flatMap(parse).toList();
        } catch (RuntimeException e) { // any fault makes the column unreadable
            return List.of(new Selector.Unreadable(attribute, column, PlainReason.of(e)));
        }
    }

    private static Stream<Selector> labels(String json) {
        return new JsonArray(bounded(json))
                .stream()
                        .map(JsonObject.class::cast)
                        .map(label -> new Selector.HasLabel(
                                label.getString("key"), Optional.ofNullable(label.getString("value"))));
    }

    private static Stream<Selector> agentAttributes(String json) {
        JsonObject attributes = new JsonObject(bounded(json));
        if (attributes.size() > MOST_ATTRIBUTES) {
            throw new IllegalArgumentException("it has more than 32 attributes");
        }
        return attributes.fieldNames().stream()
                .sorted()
                // A number is compared as the text that Mesos would parse as the same number.
                .map(name -> new Selector.AgentAttribute(
                        name, Optional.ofNullable(attributes.getValue(name)).map(Object::toString)));
    }

    private Rule rule() {
        Optional<CredentialName> name =
                column("credential_name", column -> text(column).map(CredentialName::new));
        return switch (column("effect", column -> constant(Effect.class, required(column)))) {
            case ALLOW -> new Rule.Allow(name.orElse(CredentialName.DEFAULT), entitlement());
            case DENY -> new Rule.Deny(name);
        };
    }

    private Entitlement entitlement() {
        return new Entitlement(
                column("iam_role_arn", column -> revoker.given(required(column))),
                text("session_name"),
                text("session_policy"),
                column("session_policy_arns", this::set),
                column("tags", column -> tags(large(column).orElseThrow())),
                column("transitive_tags", this::transitiveTags),
                text("source_identity"),
                column("external_id", this::externalId),
                text("region"),
                column("via_role_arn", column -> text(column).map(IamRole::new)),
                column("default_tags", this::defaultTags),
                column("session_length", _ -> Duration.ofSeconds(row.getLong("session_seconds"))),
                Optional.ofNullable(row.getLong("lease_seconds")).map(Duration::ofSeconds),
                column("sharing", column -> constant(Sharing.class, required(column))),
                column("prefetch", column -> constant(Prefetch.class, required(column))),
                column("sensitive", row::getBoolean),
                Optional.empty());
    }

    private Optional<DefaultTags> defaultTags(String column) {
        return row.getBoolean(column) ? Optional.of(new DefaultTags(cluster, required("namespace"))) : Optional.empty();
    }

    /** An external id that the database generates for another policy is that policy's proof to the owner of the IAM role. */
    private Optional<String> externalId(String column) {
        Optional<String> externalId = text(column);
        String own = row.getUUID("id").toString();
        if (externalId
                .map(GENERATED::matcher)
                .filter(form -> form.matches() && !form.group(1).equals(own))
                .isPresent()) {
            throw new IllegalArgumentException("the database generates it for another policy");
        }
        return externalId;
    }

    /** The text of a column that can be large. */
    private Optional<String> large(String column) {
        Optional<String> text = text(column);
        if (row.getBoolean("omitted") && text.filter(String::isEmpty).isPresent()) {
            throw new IllegalArgumentException(
                    "it is not read: all policies together are too large for the controller's memory, and its namespace"
                            + " has most of them (docs/limits.md)");
        }
        return text;
    }

    private static String bounded(String json) {
        if (json.length() > LONGEST_JSON) {
            throw new IllegalArgumentException("it has more than 65,536 characters");
        }
        return json;
    }

    private List<String> transitiveTags(String column) {
        if (row.getArrayOfStrings(column).length > MOST_TRANSITIVE_TAGS) {
            throw new IllegalArgumentException("it has more than 50 elements");
        }
        return set(column);
    }

    private static Map<String, String> tags(String json) {
        JsonObject object = new JsonObject(bounded(json));
        Map<String, String> tags = new TreeMap<>();
        object.fieldNames().forEach(key -> tags.put(key, object.getString(key)));
        return tags;
    }

    /**
     * Sorts and removes duplicates, because AWS ignores order and repetition, so that such differences don't make two
     * policies conflict.
     */
    private List<String> set(String column) {
        return Arrays.stream(row.getArrayOfStrings(column)).distinct().sorted().toList();
    }

    private Optional<String> text(String column) {
        return Optional.ofNullable(row.getString(column));
    }

    private String required(String column) {
        return text(column).orElseThrow(() -> new IllegalArgumentException("it is null"));
    }

    /** @throws IllegalArgumentException for any problem with the column; the message begins with its name */
    private static <T> T column(String column, Function<String, T> reading) {
        try {
            return Optional.ofNullable(reading.apply(column))
                    .orElseThrow(() -> new IllegalArgumentException("it is null"));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(column + ": " + PlainReason.of(e), e);
        }
    }

    private <T> Optional<T> readable(String column, Function<String, T> parse) {
        try {
            return text(column).map(parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(it -> it.name().equals(text.replace('-', '_').toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not known"));
    }
}
