package io.mesosiam.policy.store;

import io.mesosiam.policy.bounds.Namespace;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much longer {@code session_policy_floor} of the namespaces makes a session policy: each policy that has one of its own
 * keeps a text of both in memory.
 */
final class FloorSizes {
    /** STS accepts no longer session policy, so no longer one is kept. */
    private static final int LONGEST = 2048;

    private final Map<String, Integer> own = new HashMap<>();
    private final Map<String, Integer> known = new HashMap<>();

    /** @param namespaces all rows of {@link NamespaceRow#QUERY} */
    FloorSizes(RowSet<Row> namespaces) {
        namespaces.forEach(row -> Optional.ofNullable(row.getString("session_policy_floor"))
                .ifPresent(floor -> own.put(row.getString("path"), floor.length())));
    }

    /** For a policy in this namespace, with the floors of the namespaces above it, in characters. */
    int of(String namespace) {
        return known.computeIfAbsent(
                namespace,
                path -> Math.min(
                        LONGEST,
                        Namespace.pathAndAncestors(path).stream()
                                .mapToInt(each -> own.getOrDefault(each, 0))
                                .sum()));
    }
}
