package io.mesosiam.simulation;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.TaskKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Operators, who evict hosts and admit them again, and revoke through the API of any controller: a lease, a task, what runs on a
 * host, or an IAM role. All of these are rows, so nothing of it happens while the database is away: the answer is 503.
 */
final class Operators {
    private static final Duration PAUSE = Duration.ofSeconds(90);

    private final Deployment deployment;
    private final Scheduler scheduler;

    Operators(Deployment deployment) {
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
        if (deployment.uses(Feature.OPERATORS)) {
            scheduler.within(PAUSE, "an operator does something", this::happen);
        }
    }

    private void happen() {
        if (deployment.isQuiet()) {
            return;
        }
        scheduler.within(PAUSE, "an operator does something", this::happen);
        if (!deployment.database.up) {
            return;
        }
        if (scheduler.oneIn(3)) {
            Host host = scheduler.pick(deployment.hosts);
            evict(host);
            if (scheduler.oneIn(3)) {
                // its agent is not connected, and learns of it at its next hello
                deployment.network.cut(host);
            }
            scheduler.after(lasts(), "return of " + host + " from its eviction", () -> admitLater(host));
        } else {
            revoke();
        }
    }

    private Duration lasts() {
        return scheduler.oneIn(3) ? scheduler.upTo(Duration.ofMinutes(20)) : scheduler.upTo(Duration.ofMinutes(2));
    }

    // ---- evictions

    void evict(Host host) {
        scheduler.note(() -> "eviction of " + host);
        boolean unused = deployment.database.evicted.add(host.id);
        deployment.evictionsChanged();
    }

    /** The operator repeats the request until it is answered with 2xx. */
    private void admitLater(Host host) {
        if (deployment.isQuiet()) {
            return;
        }
        if (deployment.database.up) {
            admit(host);
        } else {
            scheduler.within(Duration.ofMinutes(1), "return of " + host + " again", () -> admitLater(host));
        }
    }

    void admit(Host host) {
        scheduler.note(() -> "return of " + host);
        boolean unused = deployment.database.evicted.remove(host.id);
        deployment.evictionsChanged();
    }

    // ---- revocations

    private void revoke() {
        switch (scheduler.random.nextInt(6)) {
            case 0, 1 -> live().map(Operators::ofLease).ifPresent(this::revokeForAWhile);
            case 2, 3 -> deployment.alive().map(Operators::ofTask).ifPresent(this::revokeForAWhile);
            case 4 -> revokeForAWhile(ofHost(scheduler.pick(deployment.hosts)));
            default -> live().map(Operators::ofRole).ifPresent(this::revokeForAWhile);
        }
    }

    private Optional<Lease> live() {
        List<Lease> live = deployment.database.live();
        return live.isEmpty() ? Optional.empty() : Optional.of(scheduler.pick(live));
    }

    /** A lease is named by its task, its host and its name. */
    private static Withdrawal ofLease(Lease lease) {
        TaskKey task = lease.launch().key();
        return new Withdrawal(
                Optional.of(task.framework()),
                Optional.of(task.task()),
                Optional.of(task.agent()),
                OptionalLong.empty(),
                Optional.of(lease.name()),
                "revoked");
    }

    static Withdrawal ofTask(Run run) {
        return withdrawal(Optional.of(run), Optional.empty(), Withdrawal.Given.ANYTHING);
    }

    private static Withdrawal ofHost(Host host) {
        return withdrawal(Optional.empty(), Optional.of(host), Withdrawal.Given.ANYTHING);
    }

    private static Withdrawal ofRole(Lease lease) {
        return withdrawal(
                Optional.empty(), Optional.empty(), new Withdrawal.Given(Optional.empty(), Optional.of(lease.role())));
    }

    private static Withdrawal withdrawal(Optional<Run> task, Optional<Host> host, Withdrawal.Given given) {
        return new Withdrawal(
                task.map(run -> run.key.framework()),
                task.map(run -> run.key.task()),
                host.map(it -> it.id),
                OptionalLong.empty(),
                Optional.empty(),
                given,
                "revoked",
                Optional.empty());
    }

    /** A second revocation of the same is answered with the first one. What concerns many tasks is lifted. */
    private void revokeForAWhile(Withdrawal revocation) {
        if (!deployment.database.withdrawals.contains(revocation)) {
            revoke(revocation);
            if (revocation.task().isEmpty() || scheduler.oneIn(2)) {
                scheduler.after(lasts(), "end of a revocation", () -> lift(revocation));
            }
        }
    }

    void revoke(Withdrawal revocation) {
        scheduler.note(() -> "revocation " + revocation);
        deployment.checks.withdrawn(revocation);
        deployment.database.withdrawals.add(revocation);
        deployment.readTables();
    }

    void lift(Withdrawal revocation) {
        if (!deployment.database.up) {
            scheduler.within(Duration.ofMinutes(1), "end of a revocation", () -> lift(revocation));
        } else if (deployment.database.withdrawals.remove(revocation)) {
            scheduler.note(() -> "end of " + revocation);
            deployment.checks.lifted(revocation);
            deployment.readTables();
        }
    }

    /** The operators admit all hosts, and lift what concerns more than one task. */
    void becomeQuiet() {
        if (deployment.uses(Feature.OPERATORS)) {
            deployment.hosts.forEach(this::admit);
            List.copyOf(deployment.database.withdrawals).stream()
                    .filter(each -> each.task().isEmpty())
                    .forEach(this::lift);
        }
    }
}
