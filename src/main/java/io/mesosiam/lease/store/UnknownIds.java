package io.mesosiam.lease.store;

import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ClusterState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Reports active withdrawals whose framework or Mesos agent the cluster doesn't show, or whose policy doesn't exist. Each
 * is logged once. While the cluster isn't seen completely, the last result for ids of the cluster stays, without rows that
 * were lifted.
 */
final class UnknownIds {
    private static final Logger LOG = Logger.getLogger(UnknownIds.class);

    /** Maximum number of log lines of one check; one more line counts the others. */
    private static final int MAX_LINES = 20;

    private static final String POLICY = "policy_id ";

    private final Set<Withdrawal> logged = new HashSet<>();

    /** The column and the id that doesn't exist, by withdrawal. */
    private volatile Map<Withdrawal, String> unknown = Map.of();

    /**
     * Compares the active withdrawals with the cluster. Not thread-safe.
     *
     * @param withoutPolicy those whose policy doesn't exist
     */
    void check(Set<Withdrawal> active, Set<Withdrawal> withoutPolicy, ClusterState state) {
        Map<Withdrawal, String> found = new HashMap<>();
        ShownIds.of(state)
                .ifPresentOrElse(
                        shown -> active.forEach(
                                withdrawal -> shown.missing(withdrawal).ifPresent(id -> found.put(withdrawal, id))),
                        () -> {
                            found.putAll(unknown);
                            found.keySet().retainAll(active);
                        });
        found.values().removeIf(UnknownIds::isPolicy);
        withoutPolicy.forEach(
                withdrawal -> withdrawal.given().policy().ifPresent(policy -> found.put(withdrawal, POLICY + policy)));
        logged.retainAll(active);
        log(found.entrySet().stream().filter(row -> logged.add(row.getKey())).toList());
        unknown = Map.copyOf(found);
    }

    int count() {
        return unknown.size();
    }

    /** A message for operators with the first ids; empty if the cluster shows each. */
    Optional<String> trouble() {
        Map<Withdrawal, String> now = unknown;
        return now.isEmpty()
                ? Optional.empty()
                : Optional.of(now.size() + " rows of the withdrawal table cover nothing, because "
                        + Stream.of(
                                        named("the cluster doesn't show their ", now, id -> !isPolicy(id)),
                                        named("no policy has their ", now, UnknownIds::isPolicy))
                                .flatMap(Optional::stream)
                                .collect(Collectors.joining(", and "))
                        + ". Correct the id, or lift the row if what it names has ended");
    }

    private static Optional<String> named(String why, Map<Withdrawal, String> ids, Predicate<String> which) {
        return Optional.of(ids.values().stream()
                        .filter(which)
                        .distinct()
                        .sorted()
                        .limit(WithdrawalTable.MAX_NAMED)
                        .collect(Collectors.joining("; ")))
                .filter(text -> !text.isEmpty())
                .map(text -> why + text);
    }

    private static boolean isPolicy(String id) {
        return id.startsWith(POLICY);
    }

    private static void log(List<Map.Entry<Withdrawal, String>> found) {
        found.stream()
                .limit(MAX_LINES)
                .forEach(row -> LOG.warnf(
                        "withdrawal covers nothing reason=\"%s its %s\" by=%s",
                        isPolicy(row.getValue()) ? "no policy has" : "the cluster doesn't show",
                        row.getValue(),
                        row.getKey().madeBy().orElse("-")));
        if (found.size() > MAX_LINES) {
            LOG.warnf("withdrawals cover nothing, not listed rows=%d", found.size() - MAX_LINES);
        }
    }
}
