package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.PolicyId;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The complete input of one launch's plan, at one moment.
 *
 * @param task empty if the cluster state doesn't contain the launch; that proves nothing
 * @param end as reported by the master, or as observed by the agent on its host
 * @param desiredLeases by credential name; without a task only for leases of launch grants that are over
 * @param contested launch grants that are bound to another launch although this one claims them too
 * @param leases the live leases
 * @param refusals what its container receives instead of credentials
 * @param asked credential names that its container requested
 * @param withdrawals the withdrawals of this launch
 * @param backoff for each name whose identity STS issued no session: until when no request is made, and whether STS
 *     refused
 * @param notServed for each lease that the host's agent received and doesn't serve: the agent's reason
 * @param neighbours other running launches in the same container
 * @param outOfSight since when the master has not reported the launch, because the master or the Mesos agent is
 *     unavailable
 * @param open whether new leases may be issued, that is, whether the journal keeps up
 */
public record LaunchView(
        Launch launch,
        Optional<LaunchedTask> task,
        Optional<TaskEnd> end,
        Map<CredentialName, DesiredLease> desiredLeases,
        Set<PolicyId> contested,
        Map<CredentialName, ManagedLease> leases,
        Map<CredentialName, Refusal> refusals,
        Set<CredentialName> asked,
        List<Withdrawal> withdrawals,
        Map<CredentialName, SessionBackoff> backoff,
        Map<CredentialName, String> notServed,
        List<Neighbour> neighbours,
        Host host,
        Optional<Instant> outOfSight,
        boolean open,
        Instant now) {
    /**
     * The most launches in one container whose tasks can have credentials. Each is compared with all others, and an executor can
     * run any number.
     */
    public static final int MOST_IN_CONTAINER = 256;

    private static final Comparator<CredentialName> BY_TEXT = Comparator.comparing(CredentialName::value);

    /**
     * The launch's host from this controller's view.
     *
     * @param connected whether the host's agent is connected to this controller, which may then change the host's
     *     leases
     * @param alive whether the agent reports the launch's container, running since the same moment as in its first
     *     report
     * @param misplaced whether the agent reports that Mesos launched for another executor the container in which the master
     *     shows the launch; the view has no container then
     * @param full whether the agent doesn't report the launch's container, and the host has no room for another lease of such
     *     a container
     */
    public record Host(boolean connected, boolean alive, boolean misplaced, boolean full) {}

    /**
     * Another running launch in the same container, as with an executor that runs several tasks.
     *
     * @param listed whether the cluster state shows it; nothing can be decided yet for a launch that only a lease names
     * @param desiredLeases names that a withdrawal covers are withdrawn in them
     * @param bound identity hashes of its live leases that are bound to the container
     */
    public record Neighbour(
            Launch launch,
            boolean listed,
            Map<CredentialName, DesiredLease> desiredLeases,
            Map<CredentialName, String> bound) {
        /**
         * Returns a neighbour as the container's other tasks see it. Withdrawals override policy, also for a launch that
         * the cluster state doesn't show: if one task's credentials are withdrawn, no other task's credentials are served
         * to its container.
         *
         * @param names the names for which withdrawals are looked up
         */
        public static Neighbour of(
                Launch launch,
                boolean listed,
                Map<CredentialName, DesiredLease> desired,
                List<Withdrawal> withdrawals,
                Map<CredentialName, ManagedLease> leases,
                Set<CredentialName> names) {
            Map<CredentialName, DesiredLease> standing = new HashMap<>(desired);
            names.forEach(name -> withdrawals.stream()
                    .filter(one -> isWithdrawn(
                            new LeaseKey(launch, name),
                            Optional.ofNullable(standing.get(name)),
                            Optional.ofNullable(leases.get(name)),
                            one))
                    .findFirst()
                    .ifPresent(one -> standing.put(name, new DesiredLease.Withdrawn(one))));
            Map<CredentialName, String> bound = leases.values().stream()
                    .map(ManagedLease::lease)
                    .filter(lease -> lease.container().isPresent())
                    .collect(Collectors.toMap(Lease::name, Lease::identityHash));
            return new Neighbour(launch, listed, standing, bound);
        }

        /** Stands for the others of a container with too many launches: none of them is given anything. */
        public static Neighbour ofTooMany(Launch launch) {
            return new Neighbour(launch, true, Map.of(), Map.of());
        }

        private static boolean isWithdrawn(
                LeaseKey key, Optional<DesiredLease> desired, Optional<ManagedLease> lease, Withdrawal withdrawal) {
            boolean given = desired.orElse(null) instanceof DesiredLease.Give give && give.isWithdrawn(key, withdrawal);
            return given
                    || withdrawal.covers(key)
                    || lease.filter(kept -> withdrawal.covers(kept.lease())).isPresent();
        }

        DesiredLease desired(CredentialName name) {
            return Optional.ofNullable(desiredLeases.get(name))
                    .orElseGet(() -> listed
                            ? new DesiredLease.Refuse(RefusalCode.NO_POLICY, "")
                            : new DesiredLease.Unready(DesiredLease.NOT_SHOWN));
        }
    }

    /** Returns this view with what policies give, the backoffs of the names, and the container's other tasks. */
    public LaunchView decided(
            Map<CredentialName, DesiredLease> desired,
            Map<CredentialName, SessionBackoff> holds,
            List<Neighbour> others) {
        return new LaunchView(
                launch,
                task,
                end,
                desired,
                contested,
                leases,
                refusals,
                asked,
                withdrawals,
                holds,
                notServed,
                others,
                host,
                outOfSight,
                open,
                now);
    }

    /** Returns this view with other contested grants. */
    public LaunchView contesting(Set<PolicyId> grants) {
        return new LaunchView(
                launch,
                task,
                end,
                desiredLeases,
                grants,
                leases,
                refusals,
                asked,
                withdrawals,
                backoff,
                notServed,
                neighbours,
                host,
                outOfSight,
                open,
                now);
    }

    /** Returns this view with another host. */
    public LaunchView at(Host other) {
        return new LaunchView(
                launch,
                task,
                end,
                desiredLeases,
                contested,
                leases,
                refusals,
                asked,
                withdrawals,
                backoff,
                notServed,
                neighbours,
                other,
                outOfSight,
                open,
                now);
    }

    /** Returns this view with other leases, refusals and withdrawals. */
    public LaunchView holding(
            Map<CredentialName, ManagedLease> held, Map<CredentialName, Refusal> refused, List<Withdrawal> withdrawn) {
        return new LaunchView(
                launch,
                task,
                end,
                desiredLeases,
                contested,
                held,
                refused,
                asked,
                withdrawn,
                backoff,
                notServed,
                neighbours,
                host,
                outOfSight,
                open,
                now);
    }

    /** Every credential name that is desired, held, refused or requested, in order. */
    public SortedSet<CredentialName> names() {
        SortedSet<CredentialName> names = new TreeSet<>(BY_TEXT);
        names.addAll(desiredLeases.keySet());
        names.addAll(leases.keySet());
        names.addAll(refusals.keySet());
        names.addAll(asked);
        return names;
    }

    /** The launch's container, from its task or from a lease that is bound. */
    public Optional<ContainerId> container() {
        return task.flatMap(known -> known.task().container()).or(() -> leases.values().stream()
                .flatMap(kept -> kept.lease().container().stream())
                .findFirst());
    }
}
