package io.mesosiam.lease.store;

import io.mesosiam.lease.LeaseSelection;
import io.mesosiam.lease.LeaseSelection.Column;
import io.mesosiam.lease.LeaseSelection.Position;
import io.mesosiam.mesos.MesosAgentId;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** The statement that reads the rows of a {@link LeaseSelection}. Only names of columns, which are ours, are part of its text. */
final class SelectedRows {
    /** The index by time has the ended leases of all hosts: among millions, those of a few hosts would be searched long. */
    private static final String ROWS = "select " + LeaseRow.COLUMNS + """
             from (
                select * from lease where state <> 'reaped' and mesos_agent_id = any($1::text[])
                union all
                select * from (select * from lease where state = 'reaped' order by reaped_at desc limit 1000) as ended
                where mesos_agent_id = any($1::text[])
            ) as lease where true""";

    private static final Set<Column> TEXTS = Set.of(
            Column.FRAMEWORK_ID,
            Column.TASK_ID,
            Column.MESOS_AGENT_ID,
            Column.CREDENTIAL_NAME,
            Column.IAM_ROLE_ARN,
            Column.SESSION_NAME,
            Column.CONTAINER_ID,
            Column.STATE,
            Column.REASON);

    private final StringBuilder sql = new StringBuilder(ROWS);
    private final Tuple values = Tuple.tuple();

    private SelectedRows() {}

    static SelectedRows of(LeaseSelection selection) {
        SelectedRows rows = new SelectedRows();
        rows.values.addValue(selection.hosts().stream().map(MesosAgentId::value).toArray(String[]::new));
        selection.policies().ifPresent(policies -> {
            rows.values.addValue(policies.toArray(UUID[]::new));
            rows.sql.append(" and (grant_id is not null or policy_id = any($2::uuid[]))");
        });
        selection.equal().forEach((column, value) -> rows.sql
                .append(" and ")
                .append(name(column))
                .append(value.map(known -> " = " + rows.parameter(known)).orElse(" is null")));
        selection.after().ifPresent(last -> rows.sql.append(" and ").append(rows.following(selection, last)));
        rows.sql
                .append(" order by ")
                .append(ordered(selection.sort()))
                .append(selection.descending() ? " desc nulls last, id limit " : " nulls first, id limit ")
                .append(selection.limit());
        return rows;
    }

    String sql() {
        return sql.toString();
    }

    Tuple values() {
        return values;
    }

    private String following(LeaseSelection selection, Position last) {
        String beyond = selection.descending() ? " < " : " > ";
        String lease = parameter(last.lease().value());
        if (selection.sort() == Column.ID) {
            return "id" + beyond + lease;
        }
        String column = ordered(selection.sort());
        return last.value()
                .map(this::parameter)
                .map(value -> "(" + column + beyond + value + " or (" + column + " = " + value + " and id > " + lease
                        + ")" + (selection.descending() ? " or " + column + " is null)" : ")"))
                .orElse(
                        selection.descending()
                                ? "(" + column + " is null and id > " + lease + ")"
                                : "(" + column + " is not null or id > " + lease + ")");
    }

    private String parameter(Comparable<?> value) {
        values.addValue(value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value);
        return "$" + values.size()
                + switch (value) {
                    case Long _ -> "::bigint";
                    case Boolean _ -> "::boolean";
                    case UUID _ -> "::uuid";
                    case Instant _ -> "::timestamptz";
                    default -> "::text";
                };
    }

    private static String name(Column column) {
        return column.name().toLowerCase(Locale.ROOT);
    }

    /** Texts are in the order of their characters, as in memory, and not in that of the database's language. */
    private static String ordered(Column column) {
        return TEXTS.contains(column) ? name(column) + " collate \"C\"" : name(column);
    }
}
