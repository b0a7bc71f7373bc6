package io.mesosiam.api.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.LeaseView;
import io.mesosiam.api.PolicyView;
import io.mesosiam.api.agent.AgentView;
import io.mesosiam.api.agent.Agents;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.lease.reconcile.LeaseOverview;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Caller;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What can be watched. */
@Singleton
final class WatchFeeds {
    private final Map<String, Watched<?, ?>> byName;

    @Inject
    WatchFeeds(PolicyTable policies, Reconciler reconciler, Agents agents, ObjectMapper json, Vertx vertx) {
        byName = Map.of(
                "policies", new Watched<>(feed(new Policies(policies, json)), Shown::view, Shown::isFor),
                "leases", new Watched<>(feed(new Leases(reconciler.overview())), WatchFeeds::lease, (_, _) -> true),
                "agents", new Watched<>(feed(new OfAgents(agents)), agent -> agent, (_, _) -> true));
        // a comparison holds a feed's lock for longer than an event loop may wait
        vertx.setPeriodic(Feed.UNUSED.toMillis(), _ -> Thread.startVirtualThread(this::forgetUnused));
    }

    private void forgetUnused() {
        byName.values().forEach(watched -> watched.feed().forgetUnused());
    }

    private static <K, V> Feed<K, V> feed(Feed.Source<K, V> source) {
        return new Feed<>(source, System::nanoTime, Feed.Kept.ofHeap());
    }

    /** The names, for an error. */
    static final List<String> NAMES = List.of("policies", "leases", "agents");

    /** The feed with this name. */
    Optional<Watched<?, ?>> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    private static LeaseView lease(ManagedLease kept) {
        return LeaseView.of(kept.lease());
    }

    /** A policy with what its set adds to it. */
    private record Shown(Policy policy, Optional<String> outOfBounds) {
        PolicyView view() {
            return PolicyView.of(policy, outOfBounds);
        }

        boolean isFor(Caller caller) {
            return caller.sees(policy.namespace());
        }
    }

    private static final class Policies implements Feed.Source<PolicyId, Shown> {
        private final PolicyTable table;
        private final ObjectMapper json;
        private Optional<PolicySet> last = Optional.empty();
        private Map<PolicyId, Shown> shown = Map.of();

        Policies(PolicyTable table, ObjectMapper json) {
            this.table = table;
            this.json = json;
        }

        /** Called under the feed's lock. */
        @Override
        public Map<PolicyId, Shown> now() {
            PolicySet set = table.current();
            if (last.filter(same -> same == set).isEmpty()) {
                Map<PolicyId, Shown> next = new LinkedHashMap<>();
                set.policies()
                        .forEach(policy -> next.put(
                                policy.id(),
                                new Shown(
                                        policy,
                                        Optional.ofNullable(set.outOfBounds().get(policy.id())))));
                last = Optional.of(set);
                shown = Collections.unmodifiableMap(next);
            }
            return shown;
        }

        @Override
        public Feed.Difference difference(Shown before, Shown after) {
            if (!before.policy().namespace().equals(after.policy().namespace())) {
                return Feed.Difference.REPLACED;
            }
            // ids are equal in all versions of a row
            boolean same = before.equals(after)
                    && before.policy().id().version().equals(after.policy().id().version());
            return same ? Feed.Difference.NONE : Feed.Difference.CHANGED;
        }

        @Override
        public void forget() {
            last = Optional.empty();
            shown = Map.of();
        }

        @Override
        public Shown last(PolicyId key, Shown known) {
            return known;
        }

        /** A policy can have 200 KiB. */
        @Override
        public long size(Shown object) {
            try {
                return json.writeValueAsBytes(object.view()).length;
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Leases(LeaseOverview overview) implements Feed.Source<LeaseId, ManagedLease> {
        @Override
        public Map<LeaseId, ManagedLease> now() {
            return overview.live();
        }

        @Override
        public Feed.Difference difference(ManagedLease before, ManagedLease after) {
            return before.lease().equals(after.lease()) ? Feed.Difference.NONE : Feed.Difference.CHANGED;
        }

        /** As it ended, with the reason, if that is still known. */
        @Override
        public ManagedLease last(LeaseId key, ManagedLease known) {
            return overview.ended().stream()
                    .filter(lease -> lease.id().equals(key))
                    .findFirst()
                    .map(ManagedLease::fromRow)
                    .orElse(known);
        }
    }

    /** A comparison looks at every task, so there is at most one in two seconds. */
    private static final class OfAgents implements Feed.Source<MesosAgentId, AgentView> {
        private static final Duration EVERY = Duration.ofSeconds(2);

        private final Agents agents;
        private Map<MesosAgentId, AgentView> last = Map.of();
        private long readAt = System.nanoTime() - EVERY.toNanos();

        OfAgents(Agents agents) {
            this.agents = agents;
        }

        /** Called under the feed's lock. */
        @Override
        public Map<MesosAgentId, AgentView> now() {
            long now = System.nanoTime();
            if (now - readAt >= EVERY.toNanos()) {
                last = Collections.unmodifiableMap(agents.recent());
                readAt = now;
            }
            return last;
        }

        @Override
        public Feed.Difference difference(AgentView before, AgentView after) {
            return before.equals(after) ? Feed.Difference.NONE : Feed.Difference.CHANGED;
        }

        @Override
        public AgentView last(MesosAgentId key, AgentView known) {
            return known;
        }

        @Override
        public void forget() {
            last = Map.of();
            readAt = System.nanoTime() - EVERY.toNanos();
        }
    }
}
