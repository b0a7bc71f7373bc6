package io.mesosiam.policy.store;

import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.NamespaceLimits;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.bounds.Namespace;
import io.mesosiam.policy.bounds.Namespaces;
import io.mesosiam.policy.store.PolicyContents.Digest;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Reads policies, attribute trust, namespaces and their version in one snapshot. Of the policies it reads the rows that
 * have changed since its last read: a cluster has thousands, and one read of them all takes a second of a young JVM.
 * Used by one thread at a time.
 */
final class PolicyReader {
    private static final Logger LOG = Logger.getLogger(PolicyReader.class);

    private static final String VERSION =
            "select version, changed_at, coalesce((select name from cluster), 'mesos') as cluster from policy_version";

    /**
     * Of the row's complete content: a restored table may have the same ids and versions with other contents. With {@code offset 0}
     * PostgreSQL makes the text of a row once. For the budget, each colon counts 30 bytes more: a label, attribute or tag, which has at
     * least one, takes some 150 bytes of memory, however short it is. {@link FloorSizes} are added to policies with a session policy.
     */
    private static final String DIGESTS = """
            select id, namespace,
                octet_length(content) + 30 * (char_length(content) - char_length(replace(content, ':', ''))) as bytes,
                has_session_policy, encode(sha256(convert_to(content, 'UTF8')), 'hex') as digest
            from (select id, namespace::text as namespace, policy::text as content, session_policy is not null as has_session_policy
                from policy offset 0) as row""";

    private final Pool pool;
    private final PolicyBudget budget;
    private final RevokerRole revoker;
    private PolicyContents known = PolicyContents.NONE;
    private PolicySet last;
    private Optional<Version> version = Optional.empty();

    PolicyReader(Pool pool, boolean acceptSelfAsserted, RevokerRole revoker) {
        this(pool, acceptSelfAsserted, revoker, PolicyBudget.ofHeap());
    }

    PolicyReader(Pool pool, boolean acceptSelfAsserted, RevokerRole revoker, PolicyBudget budget) {
        this.pool = pool;
        this.budget = budget;
        this.revoker = revoker;
        this.last = new PolicySet(0, List.of(), List.of(), List.of(), acceptSelfAsserted);
    }

    /**
     * The row of {@code policy_version}. A failover that loses commits sets the number back, and a later change then has one
     * that was there before: its time differs.
     */
    record Version(long number, OffsetDateTime changedAt) {
        static final String QUERY = "select version, changed_at from policy_version";

        static Version of(Row row) {
            return new Version(row.getLong("version"), row.getOffsetDateTime("changed_at"));
        }
    }

    /** What one transaction read: the rows are those whose digest is new. */
    private record Snapshot(
            Row version, Map<UUID, Digest> digests, RowSet<Row> rows, RowSet<Row> trusts, RowSet<Row> namespaces) {
        String cluster() {
            return version.getString("cluster");
        }
    }

    /**
     * Reads the newest set. Blocks until then: thousands of rows are no work for an event loop.
     *
     * @throws RuntimeException if the database doesn't answer within the limit, or with a failure
     */
    PolicySet read(Duration limit) {
        PolicyContents before = known;
        Snapshot snapshot = snapshot(before).await().atMost(limit);
        PolicyContents contents = before.with(snapshot.digests(), snapshot.rows(), snapshot.cluster(), revoker);
        List<AttributeTrust> stated = new ArrayList<>();
        snapshot.trusts().forEach(row -> trust(row).ifPresent(stated::add));
        Version read = Version.of(snapshot.version());
        PolicySet set = last.next(
                read.number(),
                contents.usable().values(),
                contents.unusable().values(),
                stated,
                same(namespaces(snapshot.namespaces())));
        known = contents;
        last = set;
        version = Optional.of(read);
        return set;
    }

    /** The version of the set that was read last; empty before the first. */
    Optional<Version> version() {
        return version;
    }

    /** The known ones if these are equal: policies that are compiled later share session policies with those before. */
    private NamespaceLimits same(Namespaces read) {
        return read.equals(last.limits()) ? last.limits() : read;
    }

    private Uni<Snapshot> snapshot(PolicyContents before) {
        return pool.withTransaction(connection -> query(
                        connection,
                        "set transaction isolation level repeatable read, read only; " + OneStatement.LOCK_LIMIT)
                .chain(() -> query(connection, VERSION))
                .map(rows -> rows.iterator().next())
                .chain(version -> query(connection, NamespaceRow.QUERY).chain(namespaces -> query(connection, DIGESTS)
                        .map(rows -> digests(rows, new FloorSizes(namespaces)))
                        .chain(digests -> rows(
                                        connection, digests, before.changed(digests, version.getString("cluster")))
                                .chain(rows -> query(
                                                connection,
                                                "select framework_principal::text, attribute, key::text from attribute_trust")
                                        .map(trusts -> new Snapshot(version, digests, rows, trusts, namespaces)))))));
    }

    private static Uni<RowSet<Row>> query(SqlConnection connection, String sql) {
        return connection.query(sql).execute();
    }

    private Map<UUID, Digest> digests(RowSet<Row> rows, FloorSizes floors) {
        List<PolicyBudget.Size> sizes = new ArrayList<>();
        rows.forEach(row -> {
            String namespace = row.getString("namespace");
            int floor = row.getBoolean("has_session_policy") ? floors.of(namespace) : 0;
            sizes.add(new PolicyBudget.Size(row.getUUID("id"), namespace, row.getInteger("bytes") + floor));
        });
        Set<UUID> omitted = budget.omitted(sizes);
        Map<UUID, Digest> digests = new HashMap<>();
        rows.forEach(row -> {
            UUID id = row.getUUID("id");
            digests.put(id, new Digest(row.getString("digest"), omitted.contains(id)));
        });
        return digests;
    }

    private static Uni<RowSet<Row>> rows(SqlConnection connection, Map<UUID, Digest> digests, Set<UUID> ids) {
        UUID[] omitted = digests.entrySet().stream()
                .filter(row -> row.getValue().omitted() && ids.contains(row.getKey()))
                .map(Map.Entry::getKey)
                .toArray(UUID[]::new);
        return connection.preparedQuery(PolicyRow.OF_IDS).execute(Tuple.of(ids.toArray(UUID[]::new), omitted));
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
