package io.mesosiam.simulation;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which role a container may be served: what the documents say of policies, launch grants, withdrawals and the tasks of one
 * container, from what truly runs and what the tables hold. It uses no code that decides.
 */
final class Entitled {
    /** What a controller has known for so long, its hosts follow: a frame takes less, and a silent stream ends before. */
    static final Duration KNOWN = Duration.ofSeconds(60);

    private final Deployment deployment;

    Entitled(Deployment deployment) {
        this.deployment = deployment;
    }

    // ---- once nothing changes

    /** The role that the container is to be served; empty if that is nothing, or not decided. */
    Optional<String> decided(String container, CredentialName name) {
        List<Run> tasks = running(container);
        if (deployment.masters.in(container).stream().anyMatch(this::countsAsRunning)) {
            return Optional.empty();
        }
        Set<Optional<String>> roles =
                tasks.stream().map(run -> decided(run, name)).collect(Collectors.toSet());
        return roles.size() == 1
                ? roles.iterator().next().filter(role -> tasks.size() == 1 || deployment.policies.isShared(role))
                : Optional.empty();
    }

    /**
     * Whether its controller has missed the end of a task whose container runs on with others: that it is missing from listings
     * proves nothing while the agent reports the container (docs/limits.md, Leases).
     */
    boolean countsAsRunning(Run run) {
        return run.mayShare() && run.over && !isUndecided(deployment.host(run.key.agent()), run);
    }

    /** Requires that the task's container is served what it is to be served. */
    void requireServed(Run run, CredentialName name) {
        decided(run.container.id(), name)
                .ifPresent(role -> Violation.unless(
                        deployment.host(run.key.agent()).store.find(run.container.id(), name.value())
                                        instanceof Answer.Lease lease
                                && lease.iamRoleArn().equals(role),
                        () -> "not served in time: " + run + " " + role + " as " + name));
    }

    private Optional<String> decided(Run run, CredentialName name) {
        int newest = deployment.policies.newest();
        if (deployment.policies.isDenied(newest, run, name)) {
            return Optional.empty();
        }
        List<Grants.Row> granted = deployment.grants.standing(run, name);
        Optional<String> role =
                switch (granted.size()) {
                    case 0 -> deployment.policies.decided(newest, run, name);
                    case 1 -> Optional.of(granted.getFirst().offer().role());
                    default -> Optional.empty();
                };
        return role.filter(it -> !isWithdrawn(run, name, it));
    }

    /** Whether a lease of this role may stay, as with policies or grants that conflict. */
    boolean mayStay(String container, CredentialName name, String role) {
        List<Run> tasks = running(container);
        return tasks.stream()
                        .allMatch(run -> !isWithdrawn(run, name, role)
                                && given(run, name).contains(role))
                && (tasks.size() == 1 || deployment.policies.isShared(role));
    }

    private Set<String> given(Run run, CredentialName name) {
        int newest = deployment.policies.newest();
        Set<String> granted = deployment.grants.standing(run, name).stream()
                .map(row -> row.offer().role())
                .collect(Collectors.toSet());
        Set<String> given = deployment.policies.given(newest, run, name);
        if (granted.size() == 1 && !deployment.policies.isDenied(newest, run, name)) {
            return granted;
        }
        // several grants conflict: that takes nothing away, neither from a policy's lease
        return deployment.policies.isDenied(newest, run, name)
                ? Set.of()
                : Stream.concat(given.stream(), granted.stream()).collect(Collectors.toSet());
    }

    /** Whether a grant has just changed what the container is given, or is about to. */
    boolean changes(String container, CredentialName name) {
        return deployment.masters.in(container).stream().anyMatch(run -> deployment.grants.changes(run, name, KNOWN));
    }

    private List<Run> running(String container) {
        return deployment.masters.in(container).stream()
                .filter(run -> run.alive)
                .toList();
    }

    private boolean isWithdrawn(Run run, CredentialName name, String role) {
        return deployment.database.withdrawals.stream().anyMatch(each -> covers(each, run, name, Optional.of(role)));
    }

    /** @param role the role of the session; empty if there is none */
    static boolean covers(Withdrawal withdrawal, Run run, CredentialName name, Optional<String> role) {
        return agrees(withdrawal.task(), run.key.task())
                && agrees(withdrawal.framework(), run.key.framework())
                && agrees(withdrawal.agent(), run.key.agent())
                && agrees(withdrawal.name(), name)
                && withdrawal
                        .given()
                        .role()
                        .map(of -> role.equals(Optional.of(of.arn())))
                        .orElse(true);
    }

    private static <T> boolean agrees(Optional<T> part, T value) {
        return part.map(value::equals).orElse(true);
    }

    /**
     * A revocation: what the controller of the host has known for a while is not served, also if it can't decide about the task.
     * Of a container that tasks share it counts once the controller has seen the revoked task there.
     */
    private Optional<String> revoked(ControllerNode controller, List<Run> members, CredentialName name, String role) {
        List<Run> alive = members.stream().filter(run -> run.alive).toList();
        for (Withdrawal each : controller.withdrawals()) {
            List<Run> covered = alive.stream()
                    .filter(run -> covers(each, run, name, Optional.of(role)))
                    .toList();
            // a controller that has missed the end of another task takes the session for that one's
            boolean isAll = members.stream().allMatch(run -> covers(each, run, name, Optional.of(role)));
            boolean counts =
                    !covered.isEmpty() && (isAll || covered.stream().anyMatch(run -> controller.hasShown(run, KNOWN)));
            if (counts && controller.hasWithdrawn(each, KNOWN)) {
                return Optional.of(covered + " is revoked: " + each);
            }
        }
        return Optional.empty();
    }

    // ---- at any time

    /**
     * Why the container must not be served this role now; empty if it may be.
     *
     * @param floor the version of the policies that the host has confirmed
     */
    Optional<String> forbids(Host host, int floor, String container, CredentialName name, String role) {
        List<Run> members = deployment.masters.in(container);
        // while its controller can't decide about a task, a session stays that any version gave
        boolean undecided = members.stream().anyMatch(run -> run.alive && isUndecided(host, run));
        int from = undecided ? 1 : floor;
        if (!members.isEmpty() && members.stream().noneMatch(run -> mayHave(from, run, name, role))) {
            return Optional.of("no grant, and no policy from version " + from + " to " + deployment.policies.newest());
        }
        Optional<ControllerNode> serving = host.controller().filter(_ -> host.hasBeenServed(KNOWN));
        Optional<String> revoked = serving.flatMap(controller -> revoked(controller, members, name, role));
        return undecided || revoked.isPresent()
                ? revoked
                : serving.flatMap(controller -> knownTo(controller, from, members, name, role));
    }

    /** What the host's controller has known for a while counts at the host. */
    private Optional<String> knownTo(
            ControllerNode controller, int from, List<Run> members, CredentialName name, String role) {
        List<Run> shown = members.stream()
                .filter(run -> run.alive && controller.hasShown(run, KNOWN))
                .toList();
        if (shown.size() > 1 && !deployment.policies.isShared(role)) {
            return Optional.of("it is a session of one of " + shown);
        }
        for (Run run : shown) {
            if (!mayHave(from, run, name, role)) {
                return Optional.of(run + " is in the container, too, and is not given it");
            }
            Optional<String> grants =
                    deployment.grants.isOfGrant(role) ? over(controller, role) : preceding(controller, run, name);
            if (grants.isPresent()) {
                return grants;
            }
        }
        return Optional.empty();
    }

    private Optional<String> over(ControllerNode controller, String role) {
        Grants.Row row = deployment.grants.ofRole(role).orElseThrow();
        boolean expired = row.offer().expires().plus(KNOWN).isBefore(deployment.scheduler.now());
        return expired || controller.grants.knowsOver(row.offer().id(), KNOWN)
                ? Optional.of("its grant is over: " + row)
                : Optional.empty();
    }

    /** A grant precedes the policies, once it is bound. While a second one has to be bound, a lease stays. */
    private Optional<String> preceding(ControllerNode controller, Run run, CredentialName name) {
        List<Grants.Row> standing = deployment.grants.standing(run, name);
        return standing.size() == 1
                        && !deployment.grants.changes(run, name, KNOWN)
                        && controller.grants.knowsBound(
                                standing.getFirst().offer().id(), KNOWN)
                ? Optional.of("a grant precedes the policies: " + standing)
                : Optional.empty();
    }

    private boolean mayHave(int from, Run run, CredentialName name, String role) {
        return deployment.grants.isOfGrant(role)
                ? deployment
                                .grants
                                .ofRole(role)
                                .filter(row -> row.offer().name().equals(name)
                                        && row.state().holder().equals(Optional.of(run.inContainer())))
                                .isPresent()
                        && someVersion(from, version -> !deployment.policies.isDenied(version, run, name))
                : someVersion(
                        from,
                        version -> deployment.policies.given(version, run, name).contains(role));
    }

    private boolean someVersion(int from, IntPredicate holds) {
        for (int version = Math.max(1, from); version <= deployment.policies.newest(); version++) {
            if (holds.test(version)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the host's controller can't decide about the task, because the master does not show it, its framework or its flags. */
    boolean isUndecided(Host host, Run run) {
        return host.controller()
                .map(controller -> !controller.state().enforcement().known()
                        || controller.state().framework(run.key.framework()).isEmpty()
                        || controller.state().launches().values().stream()
                                .noneMatch(each -> each.end().isEmpty()
                                        && each.launch().key().equals(run.key)
                                        && each.task().container().equals(Optional.of(run.containerId()))))
                .orElse(true);
    }

    // ---- what a message takes away

    /**
     * Whether policies, grants or other tasks of the container may take a lease from it, or replace it by one of another role.
     *
     * @param taken the lease
     * @param now the role that is served instead
     */
    boolean mayBeTaken(
            Host host, String container, CredentialName name, Answer.Lease taken, Optional<String> now, int floor) {
        String role = taken.iamRoleArn();
        List<Run> members = deployment.masters.in(container);
        boolean together = members.stream().anyMatch(Run::mayShare);
        if (members.stream().noneMatch(run -> run.alive)) {
            return true;
        }
        for (Run run : members) {
            if (!run.alive && isUndecided(host, run)) {
                continue; // its controller knows that it has ended
            }
            boolean granted = deployment.grants.isOfGrant(role)
                    ? grantMayEnd(host, run, name, role, floor) || isReplaced(run, name, now, floor)
                    : deployment.grants.hasHad(run, name) || policiesMayTake(run, name, role, now, floor, together);
            if (granted
                    || (together
                            && (isUndecided(host, run)
                                    || !deployment.policies.isShared(role)
                                    || (waitsForAGrant(host, run, name) && isOfAnEndedTask(taken, members))))) {
                return true;
            }
        }
        return false;
    }

    /** The session of a task that has ended is not handed over to a task whose grant waits (docs/grants.md). */
    private boolean waitsForAGrant(Host host, Run run, CredentialName name) {
        return host.controller().stream().anyMatch(controller -> deployment.grants.fitting(run, name).stream()
                .anyMatch(offer -> controller.grants.hasWaited(offer.id(), KNOWN)));
    }

    /** A lease that has no row can be of each of these tasks. */
    private boolean isOfAnEndedTask(Answer.Lease taken, List<Run> members) {
        Optional<Lease> row = deployment.database.row(LeaseId.parse(taken.leaseId()));
        return members.stream()
                .filter(run -> row.isEmpty() || row.get().launch().key().equals(run.key))
                .anyMatch(run -> !run.alive);
    }

    /** While policies conflict, the session that a host has of one controller can be replaced by that of another role. */
    private boolean policiesMayTake(
            Run run, CredentialName name, String role, Optional<String> now, int floor, boolean together) {
        return someVersion(floor, version -> {
            Set<String> given = deployment.policies.given(version, run, name);
            return !given.contains(role)
                    || now.filter(given::contains).isPresent()
                    || (together && deployment.policies.isConflict(version, run, name));
        });
    }

    /** While grants conflict, too, which only a grant with a task id can do after it is bound. */
    private boolean isReplaced(Run run, CredentialName name, Optional<String> now, int floor) {
        List<Grants.Row> standing = deployment.grants.standing(run, name);
        return standing.size() > 1
                && now.filter(role -> standing.stream()
                                        .anyMatch(row -> row.offer().role().equals(role))
                                || someVersion(floor, version -> deployment
                                        .policies
                                        .given(version, run, name)
                                        .contains(role)))
                        .isPresent();
    }

    private boolean grantMayEnd(Host host, Run run, CredentialName name, String role, int floor) {
        Grants.Row row = deployment.grants.ofRole(role).orElseThrow();
        boolean unread = host.controller()
                .filter(it -> it.grants.hasReadBinding(row.offer().id()))
                .isEmpty();
        return unread
                || !row.isOpen()
                || row.state() instanceof State.Suspended
                || deployment.grants.changes(run, name, Duration.ofSeconds(2))
                || deployment.grants.isExpired(row.offer())
                || someVersion(floor, version -> deployment.policies.isDenied(version, run, name));
    }
}
