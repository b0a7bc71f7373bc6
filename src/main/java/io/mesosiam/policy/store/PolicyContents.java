package io.mesosiam.policy.store;

import io.mesosiam.policy.Policy;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.UnusableRow;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The rows of table {@code policy} as they were read, each with a digest of its content. Immutable.
 *
 * @param cluster the name of the Mesos cluster by which they were read
 */
record PolicyContents(
        String cluster, Map<UUID, Digest> digests, Map<UUID, Policy> usable, Map<UUID, UnusableRow> unusable) {
    static final PolicyContents NONE = new PolicyContents("", Map.of(), Map.of(), Map.of());

    /**
     * Differs from another one if the rows are read with other contents.
     *
     * @param content of all columns
     * @param omitted whether texts that can be large are not read
     */
    record Digest(String content, boolean omitted) {}

    /** The rows that have to be read to know the contents with those digests. */
    Set<UUID> changed(Map<UUID, Digest> now, String inCluster) {
        return now.entrySet().stream()
                .filter(row -> !inCluster.equals(cluster) || !row.getValue().equals(digests.get(row.getKey())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /**
     * The contents with those digests.
     *
     * @param rows those that have {@link #changed}
     */
    PolicyContents with(Map<UUID, Digest> now, RowSet<Row> rows, String inCluster, RevokerRole revoker) {
        Map<UUID, Policy> policies = new HashMap<>(usable);
        Map<UUID, UnusableRow> others = new HashMap<>(unusable);
        policies.keySet().retainAll(now.keySet());
        others.keySet().retainAll(now.keySet());
        for (Row row : rows) {
            UUID id = row.getUUID("id");
            policies.remove(id);
            others.remove(id);
            PolicyRow policy = new PolicyRow(row, inCluster, revoker);
            try {
                policies.put(id, policy.policy());
            } catch (RuntimeException e) { // a faulty row must not affect others
                others.put(id, policy.unusable(e));
            }
        }
        return new PolicyContents(inCluster, now, policies, others);
    }
}
