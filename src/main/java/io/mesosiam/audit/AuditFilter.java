package io.mesosiam.audit;

import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Selects audit events: those that match every part that is set.
 *
 * @param from the earliest time, included
 * @param to the latest time, excluded
 * @param kind the kind, or its beginning if it ends with {@code *}
 * @param namespaces the namespaces whose events are visible, with those below; {@code /} for all events
 */
public record AuditFilter(
        Optional<Instant> from,
        Optional<Instant> to,
        Optional<String> kind,
        Optional<String> outcome,
        Optional<String> actor,
        Optional<String> object,
        Optional<String> framework,
        Optional<String> task,
        Optional<String> iamRole,
        Optional<UUID> lease,
        Optional<UUID> policy,
        Optional<String> request,
        List<String> namespaces) {
    /**
     * Events of a policy or a launch grant that exists; and what was written of policies and namespaces, also of deleted ones, whose events name
     * their path.
     */
    private static final String OF_NAMESPACES = """
            (policy_id in (select p.id from policy p, unnest(?::text[]) as visible
                where p.namespace = visible or starts_with(p.namespace, visible || '/'))
            or grant_id in (select g.id from launch_grant g, unnest(?::text[]) as visible
                where g.namespace = visible or starts_with(g.namespace, visible || '/'))
            or exists (select from unnest(?::text[]) as visible where object = 'namespace:' || visible
                or starts_with(object, 'namespace:' || visible || '/') or starts_with(object, 'policy:' || visible || '/')))""";

    public AuditFilter {
        namespaces = List.copyOf(namespaces);
    }

    /** A condition in SQL and the values of its parameters. */
    record Condition(String sql, Tuple values) {}

    /** @param more a further condition on ids with one parameter, such as {@code id < ?} */
    Condition condition(String more, long id) {
        List<String> parts = new ArrayList<>();
        Tuple values = Tuple.tuple();
        add(parts, values, more, id);
        from.ifPresent(at -> {
            add(parts, values, "occurred_at >= ?", at.atOffset(ZoneOffset.UTC));
            // a transaction that began in the month before may have written the row
            add(
                    parts,
                    values,
                    "month >= audit_month(?::timestamptz - interval '31 days')",
                    at.atOffset(ZoneOffset.UTC));
        });
        to.ifPresent(at -> {
            add(parts, values, "occurred_at < ?", at.atOffset(ZoneOffset.UTC));
            add(parts, values, "month <= audit_month(?::timestamptz)", at.atOffset(ZoneOffset.UTC));
        });
        kind.ifPresent(text -> {
            if (text.endsWith("*")) {
                add(parts, values, "starts_with(kind, ?)", text.substring(0, text.length() - 1));
            } else {
                add(parts, values, "kind = ?", text);
            }
        });
        outcome.ifPresent(text -> add(parts, values, "outcome = ?", text));
        actor.ifPresent(text -> add(parts, values, "actor = ?", text));
        object.ifPresent(text -> add(parts, values, "object = ?", text));
        framework.ifPresent(text -> add(parts, values, "framework_id = ?::text", text));
        task.ifPresent(text -> add(parts, values, "task_id = ?::text", text));
        iamRole.ifPresent(text -> add(parts, values, "iam_role_arn = ?::text", text));
        lease.ifPresent(one -> add(parts, values, "lease_id = ?", one));
        policy.ifPresent(one -> add(parts, values, "policy_id = ?", one));
        request.ifPresent(text -> add(parts, values, "request_id = ?", text));
        if (!namespaces.contains("/")) {
            add(parts, values, OF_NAMESPACES, namespaces.toArray(String[]::new));
        }
        return new Condition(String.join(" and ", parts), values);
    }

    private static void add(List<String> parts, Tuple values, String condition, Object value) {
        values.addValue(value);
        parts.add(condition.replace("?", "$" + values.size()));
    }
}
