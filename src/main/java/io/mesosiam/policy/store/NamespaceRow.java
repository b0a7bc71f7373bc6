package io.mesosiam.policy.store;

import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.bounds.Bounds;
import io.mesosiam.policy.bounds.Namespace;
import io.mesosiam.policy.bounds.SessionPolicyFloor;
import io.mesosiam.postgres.PlainReason;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** One row of table {@code namespace} as the database client returns it. */
final class NamespaceRow {
    /** The casts avoid types that the database client doesn't support. */
    static final String QUERY = """
            select path::text, iam_role_arns[1:101] as iam_role_arns, aws_accounts[1:101] as aws_accounts,
                via_role_arns[1:101] as via_role_arns, mesos_roles[1:101] as mesos_roles, framework_principals[1:101] as framework_principals,
                extract(epoch from longest_ttl)::bigint as longest_ttl_seconds,
                left(session_policy_floor::text, 1501) as session_policy_floor, trusted_selectors_only, sensitive_only
            from namespace""";

    private static final int MOST_ELEMENTS = 100;
    private static final int LONGEST_FLOOR = 1500;

    private final Row row;

    NamespaceRow(Row row) {
        this.row = row;
    }

    /**
     * Returns the namespace. Bounds that can't be read are its {@code unreadable}; nothing is given below it then, and of
     * its bounds it has those that limit the tasks of its denies.
     */
    Namespace namespace() {
        String path = row.getString("path");
        try {
            return new Namespace(path, bounds());
        } catch (RuntimeException e) { // a faulty row must not affect other namespaces
            return unreadable(path, PlainReason.of(e));
        }
    }

    private Namespace unreadable(String path, String why) {
        Set<String> unknown = new HashSet<>();
        Bounds ofTasks = Bounds.ofTasks(
                orUnknown("mesos_roles", this::mesosRoles, unknown),
                orUnknown("framework_principals", this::frameworkPrincipals, unknown));
        return new Namespace(path, ofTasks, Optional.of(why), unknown);
    }

    private static <T> Optional<T> orUnknown(String column, Supplier<Optional<T>> read, Set<String> unknown) {
        try {
            return read.get();
        } catch (RuntimeException _) { // the reason is that of the first column
            unknown.add(column);
            return Optional.empty();
        }
    }

    private Bounds bounds() {
        return new Bounds(
                list("iam_role_arns", Glob::new),
                list("aws_accounts", Function.identity()).map(Set::copyOf),
                list("via_role_arns", Glob::new),
                mesosRoles(),
                frameworkPrincipals(),
                Optional.ofNullable(row.getLong("longest_ttl_seconds")).map(Duration::ofSeconds),
                Optional.ofNullable(row.getString("session_policy_floor")).map(NamespaceRow::floor),
                row.getBoolean("trusted_selectors_only"),
                row.getBoolean("sensitive_only"));
    }

    private Optional<List<MesosRole>> mesosRoles() {
        return list("mesos_roles", MesosRole::new);
    }

    private Optional<Set<String>> frameworkPrincipals() {
        return list("framework_principals", Function.identity()).map(Set::copyOf);
    }

    private static SessionPolicyFloor floor(String json) {
        if (json.length() > LONGEST_FLOOR) {
            throw new IllegalArgumentException("session_policy_floor: it has more than 1,500 characters");
        }
        return SessionPolicyFloor.parse(json);
    }

    private <T> Optional<List<T>> list(String column, Function<String, T> parse) {
        return Optional.ofNullable(row.getArrayOfStrings(column)).map(texts -> {
            if (texts.length > MOST_ELEMENTS) {
                throw new IllegalArgumentException(column + ": it has more than 100 elements");
            }
            try {
                return Arrays.stream(texts).map(parse).toList();
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(column + ": " + PlainReason.of(e), e);
            }
        });
    }
}
