package io.mesosiam.exposure;

import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.Untried;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.IamRole;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which roles which host tries next. Hosts with the same role share the result, so each role is tried once a day for each role
 * of hosts, and each batch by another random host, so that no single host decides the result. Not thread-safe, but the results
 * are read by any thread.
 *
 * <p>It remembers at most {@value #MAX_HOST_ROLES} roles of hosts, those of the most hosts first, so that hosts that invent
 * roles don't displace others.
 */
final class TrialPlan {
    static final int MAX_HOST_ROLES = 20;

    /** Further roles, by ARN, are not tried. */
    static final int MAX_ROLES = 5000;

    static final Duration AGAIN = Duration.ofDays(1);

    /** A role of which it is not known is tried again after it, and a host without a usable answer is asked again. */
    static final Duration UNKNOWN_AGAIN = Duration.ofHours(1);

    private final int batchSize;
    private final RandomGenerator random;
    private final Map<HostRole, Map<IamRole, Tried>> tried = new HashMap<>();
    private final ConcurrentMap<HostRole, TrialResult> results = new ConcurrentHashMap<>();

    /** When each host is asked again whose last answer was not usable. */
    private final Map<MesosAgentId, Instant> setAside = new HashMap<>();

    private long batches;

    /** @param batchSize roles of one batch */
    TrialPlan(int batchSize, RandomGenerator random) {
        this.batchSize = Math.min(batchSize, TryRoles.MAX_ROLES);
        this.random = random;
    }

    private enum Outcome {
        ASSUMABLE,
        REFUSED,
        UNKNOWN
    }

    /** @param reason of UNKNOWN */
    private record Tried(Outcome outcome, Optional<String> reason, Instant at) {
        boolean due(Instant now) {
            return !now.isBefore(at.plus(outcome == Outcome.UNKNOWN ? UNKNOWN_AGAIN : AGAIN));
        }
    }

    /** What an answer changes. */
    record Change(List<IamRole> nowAssumable, List<IamRole> nowRefused, boolean throttled) {}

    /** What is known of a role of hosts; empty if no host with it has answered. For any thread. */
    Optional<TrialResult> result(HostRole role) {
        return Optional.ofNullable(results.get(role));
    }

    /** The next batch; empty if nothing is due, or no host can try it. */
    Optional<TrialBatch> next(Instant now, Map<MesosAgentId, HostRole> hosts, NavigableSet<IamRole> roles) {
        SequencedMap<HostRole, List<MesosAgentId>> byRole = considered(hosts);
        forget(now, byRole.keySet(), roles);
        for (Map.Entry<HostRole, List<MesosAgentId>> entry : byRole.entrySet()) {
            Map<IamRole, Tried> known = tried.getOrDefault(entry.getKey(), Map.of());
            List<IamRole> due = roles.stream()
                    .limit(MAX_ROLES)
                    .filter(role -> isDue(known.get(role), now))
                    .limit(batchSize)
                    .toList();
            List<MesosAgentId> free = entry.getValue().stream()
                    .filter(host -> !setAside.containsKey(host))
                    .toList();
            if (!due.isEmpty() && !free.isEmpty()) {
                return Optional.of(
                        new TrialBatch(++batches, free.get(random.nextInt(free.size())), entry.getKey(), due));
            }
        }
        return Optional.empty();
    }

    private static boolean isDue(@Nullable Tried known, Instant now) {
        return known == null || known.due(now);
    }

    /** The hosts by role, first those of the role that most hosts have: a host that invents roles delays no role of more hosts. */
    private static SequencedMap<HostRole, List<MesosAgentId>> considered(Map<MesosAgentId, HostRole> hosts) {
        Map<HostRole, List<MesosAgentId>> byRole = hosts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(MesosAgentId::value)))
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue, Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        return byRole.entrySet().stream()
                .sorted(Comparator.<Map.Entry<HostRole, List<MesosAgentId>>>comparingInt(
                                entry -> -entry.getValue().size())
                        .thenComparing(Map.Entry::getKey))
                .limit(MAX_HOST_ROLES)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, _) -> one, LinkedHashMap::new));
    }

    /** Results of a role that no host has now are kept for a day: its hosts may connect again. */
    private void forget(Instant now, Set<HostRole> considered, Set<IamRole> roles) {
        // also of hosts that are not connected: a host that doesn't answer must not be asked again because it has
        // reconnected
        setAside.values().removeIf(end -> !now.isBefore(end));
        tried.entrySet()
                .removeIf(entry -> !considered.contains(entry.getKey())
                        && (tried.size() > MAX_HOST_ROLES
                                || entry.getValue().values().stream().allMatch(one -> one.due(now))));
        for (Map.Entry<HostRole, Map<IamRole, Tried>> entry : tried.entrySet()) {
            if (entry.getValue().keySet().retainAll(roles)) {
                summarize(entry.getKey());
            }
        }
        results.keySet().retainAll(tried.keySet());
    }

    /** Takes an answer without a fault. */
    Change answered(TrialBatch batch, RolesTried answer, Instant now) {
        Map<String, Untried> unknown =
                answer.untried().stream().collect(Collectors.toMap(Untried::iamRoleArn, Function.identity()));
        Set<String> assumable = new HashSet<>(answer.assumable());
        Map<IamRole, Tried> known = tried.computeIfAbsent(batch.as(), _ -> new HashMap<>());
        List<IamRole> nowAssumable = new ArrayList<>();
        List<IamRole> nowRefused = new ArrayList<>();
        for (IamRole role : batch.roles()) {
            Tried before = known.get(role);
            boolean was = before != null && before.outcome() == Outcome.ASSUMABLE;
            Untried why = unknown.get(role.arn());
            if (why != null) {
                known.put(role, unknown(why, was, now));
            } else if (assumable.contains(role.arn())) {
                known.put(role, new Tried(Outcome.ASSUMABLE, Optional.empty(), now));
                if (!was) {
                    nowAssumable.add(role);
                }
            } else {
                known.put(role, new Tried(Outcome.REFUSED, Optional.empty(), now));
                if (was) {
                    nowRefused.add(role);
                }
            }
        }
        if (answer.untried().size() == batch.roles().size()) {
            setAside.put(batch.host(), now.plus(UNKNOWN_AGAIN));
        }
        summarize(batch.as());
        boolean throttled = answer.untried().stream().anyMatch(one -> one.code().equals(Untried.THROTTLED));
        return new Change(nowAssumable, nowRefused, throttled);
    }

    /** A role that could be assumed counts as assumable until STS refuses it; it is tried again after the same time. */
    private static Tried unknown(Untried why, boolean wasAssumable, Instant now) {
        return wasAssumable
                ? new Tried(
                        Outcome.ASSUMABLE, Optional.empty(), now.minus(AGAIN).plus(UNKNOWN_AGAIN))
                : new Tried(Outcome.UNKNOWN, Optional.of(why.message()), now);
    }

    /** Notes that the host has not answered, or not with a usable answer. Its roles stay due, for another host. */
    void unanswered(TrialBatch batch, Instant now) {
        setAside.put(batch.host(), now.plus(UNKNOWN_AGAIN));
    }

    private void summarize(HostRole role) {
        Map<IamRole, Tried> known = tried.getOrDefault(role, Map.of());
        Map<Outcome, Integer> counts = new HashMap<>();
        List<IamRole> assumable = new ArrayList<>();
        Optional<String> reason = Optional.empty();
        Instant at = Instant.EPOCH;
        for (Map.Entry<IamRole, Tried> entry : known.entrySet()) {
            Tried one = entry.getValue();
            counts.merge(one.outcome(), 1, Integer::sum);
            if (one.outcome() == Outcome.ASSUMABLE) {
                assumable.add(entry.getKey());
            }
            reason = reason.or(one::reason);
            at = one.at().isAfter(at) ? one.at() : at;
        }
        assumable.sort(Comparator.comparing(IamRole::arn));
        results.put(
                role,
                new TrialResult(
                        assumable,
                        counts.getOrDefault(Outcome.REFUSED, 0),
                        counts.getOrDefault(Outcome.UNKNOWN, 0),
                        reason,
                        at));
    }
}
