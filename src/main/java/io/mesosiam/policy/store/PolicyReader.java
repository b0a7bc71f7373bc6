package io.mesosiam.policy.store;

import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.UnusableRow;
import io.mesosiam.policy.bounds.Namespace;
import io.mesosiam.policy.bounds.Namespaces;
import io.mesosiam.postgres.PlainReason;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Reads policies, attribute trust, namespaces and their version in one snapshot. */
final class PolicyReader {
    private static final Logger LOG = Logger.getLogger(PolicyReader.class);

    private static final String VERSION =
            "select version, coalesce((select name from cluster), 'mesos') as cluster from policy_version";

    private final Pool pool;
    private final boolean acceptSelfAsserted;

    PolicyReader(Pool pool, boolean acceptSelfAsserted) {
        this.pool = pool;
        this.acceptSelfAsserted = acceptSelfAsserted;
    }

    Uni<PolicySet> read() {
        return pool.withTransaction(
                connection -> query(connection, "set transaction isolation level repeatable read, read only")
                        .chain(() -> query(connection, VERSION))
                        .chain(version -> query(connection, PolicyRow.QUERY).chain(policies -> query(
                                        connection,
                                        "select framework_principal::text, attribute, key::text from attribute_trust")
                                .chain(trusts -> query(connection, NamespaceRow.QUERY)
                                        .map(namespaces -> set(version, policies, trusts, namespaces))))));
    }

    private static Uni<RowSet<Row>> query(SqlConnection connection, String sql) {
        return connection.query(sql).execute();
    }

    private PolicySet set(RowSet<Row> versions, RowSet<Row> rows, RowSet<Row> trusts, RowSet<Row> namespaces) {
        Row version = versions.iterator().next();
        String cluster = version.getString("cluster");
        List<Policy> policies = new ArrayList<>();
        List<UnusableRow> unusable = new ArrayList<>();
        for (Row row : rows) {
            PolicyRow policy = new PolicyRow(row, cluster);
            try {
                policies.add(policy.policy());
            } catch (RuntimeException e) { // a faulty row must not affect others
                unusable.add(policy.unusable(e));
            }
        }
        List<AttributeTrust> stated = new ArrayList<>();
        trusts.forEach(row -> trust(row).ifPresent(stated::add));
        return new PolicySet(
                version.getLong("version"), policies, unusable, stated, acceptSelfAsserted, namespaces(namespaces));
    }

    private static Namespaces namespaces(RowSet<Row> rows) {
        List<Namespace> namespaces = new ArrayList<>();
        rows.forEach(row -> namespaces.add(new NamespaceRow(row).namespace()));
        namespaces.forEach(namespace -> namespace
                .unreadable()
                .ifPresent(why -> LOG.warnf(
                        "namespace row can't be read, its policies give nothing namespace=%s reason=\"%s\"",
                        namespace.path(), why)));
        return new Namespaces(namespaces);
    }

    /** Returns empty for a row that can't be used. */
    private static Optional<AttributeTrust> trust(Row row) {
        try {
            return Optional.of(new AttributeTrust(
                    row.getString("framework_principal"),
                    Attribute.parse(row.getString("attribute")),
                    Optional.ofNullable(row.getString("key"))));
        } catch (RuntimeException e) {
            LOG.warnf(
                    "attribute trust row unusable, ignored attribute=%s reason=\"%s\"",
                    row.getString("attribute"), PlainReason.of(e));
            return Optional.empty();
        }
    }
}
