package io.mesosiam.simulation;

import io.mesosiam.lease.grant.ModelGrants;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The table of launch grants with its rules, and transactions that are committed late. Each grant gives a role of its own. */
final class Grants {
    /** No read has been made. */
    static final long NEVER = Long.MAX_VALUE;

    private static final Duration POLLS = Duration.ofSeconds(10);
    private static final String ROLE = "arn:aws:iam::123456789012:role/g";

    private final Deployment deployment;
    private final Scheduler scheduler;
    private final GrantChecks checks;
    private final Map<UUID, Offer> offers = new LinkedHashMap<>();
    private final Map<String, UUID> byRole = new LinkedHashMap<>();
    private final Map<UUID, Row> rows = new LinkedHashMap<>();
    private final List<Transaction> open = new ArrayList<>();
    private long next = 1;

    /** What a grant says of itself, apart from its state. */
    record Offer(
            UUID id,
            String role,
            CredentialName name,
            FrameworkId framework,
            String mesosRole,
            Optional<String> task,
            Instant expires) {
        /** Whether a launch may get it. */
        boolean fits(Run run) {
            return run.key.framework().equals(framework)
                    && mesosRole.equals("eng")
                    && task.map(run.key.task().value()::equals).orElse(run.grant.equals(Optional.of(id)));
        }

        LaunchGrant in(State state) {
            List<Selector> selectors = new ArrayList<>();
            selectors.add(new Selector.FrameworkPrincipal(Masters.principal(framework)));
            selectors.add(new Selector.UnderMesosRole(new MesosRole(mesosRole)));
            if (task.isEmpty()) {
                selectors.add(LaunchGrant.label(id));
            }
            return new LaunchGrant(
                    new Policy(
                            PolicyId.ofGrant(id),
                            "/",
                            id.toString(),
                            true,
                            0,
                            selectors,
                            new Rule.Allow(name, entitlement())),
                    task,
                    state);
        }

        private Entitlement entitlement() {
            return Entitlement.of(new IamRole(role)).with(draft -> draft.endsAt = Optional.of(expires));
        }
    }

    /** @param changed when it was written last */
    record Row(Offer offer, State state, long changedIn, Instant changed) {
        boolean isOpen() {
            return !(state instanceof State.Ended);
        }

        LaunchGrant grant() {
            return offer.in(state);
        }
    }

    /** @param what the state that it commits */
    private record Transaction(long id, UUID grant, State what) {}

    /** @param oldest the oldest transaction that was open */
    record Read(List<LaunchGrant> rows, long oldest) {}

    Grants(Deployment deployment, GrantChecks checks) {
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
        this.checks = checks;
    }

    // ---- what the API does

    /** Makes a grant in a transaction that is committed after a while. */
    Offer make(
            FrameworkId framework,
            String mesosRole,
            Optional<String> task,
            CredentialName name,
            Duration lasts,
            Duration commit) {
        int number = offers.size();
        Offer offer = new Offer(
                new UUID(11, number),
                ROLE + number,
                name,
                framework,
                mesosRole,
                task,
                scheduler.now().plus(lasts));
        offers.put(offer.id(), offer);
        byRole.put(offer.role(), offer.id());
        begin(offer.id(), new State.Unbound(), commit);
        scheduler.after(lasts.plus(scheduler.upTo(POLLS)), "poll after the end of " + offer.role(), this::expire);
        return offer;
    }

    void revoke(UUID id, Duration commit) {
        Row row = rows.get(id);
        if (row != null && row.isOpen() && !isLocked(id)) {
            begin(id, new State.Ended("was revoked", row.state().holder()), commit);
        }
    }

    private void begin(UUID id, State what, Duration commit) {
        Transaction transaction = new Transaction(next++, id, what);
        open.add(transaction);
        scheduler.after(commit, "commit of " + offers.get(id), () -> {
            open.remove(transaction);
            if (deployment.database.up) {
                put(id, what, transaction.id());
            }
        });
    }

    // ---- what controllers do

    /** The rows that have changed since a read, or also all that have not ended. */
    Read read(long since, boolean all) {
        return new Read(
                rows.values().stream()
                        .filter(row -> row.changedIn() >= since || (all && row.isOpen()))
                        .map(Row::grant)
                        .toList(),
                open.stream().mapToLong(Transaction::id).min().orElse(next));
    }

    /** Whether another transaction has the row, so that a write waits. */
    boolean isLocked(UUID id) {
        return open.stream().anyMatch(each -> each.grant().equals(id));
    }

    /** Any controller's poll ends what has expired. */
    void expire() {
        if (deployment.database.up) {
            List.copyOf(rows.values()).stream()
                    .filter(row -> row.isOpen()
                            && isExpired(row.offer())
                            && !isLocked(row.offer().id()))
                    .forEach(row -> put(
                            row.offer().id(),
                            new State.Ended("has expired", row.state().holder()),
                            next++));
        }
    }

    boolean isExpired(Offer offer) {
        return !scheduler.now().isBefore(offer.expires());
    }

    /** Makes one write of a controller, if the row still is as it must be. */
    void write(ModelGrants.Write write) {
        Row row = rows.get(write.grant());
        Optional<TaskContainer> launch = Optional.of(write.launch());
        switch (write.change()) {
            case BIND -> {
                if (row.state() instanceof State.Unbound && !isExpired(row.offer())) {
                    put(write.grant(), new State.Bound(write.launch()), next++);
                }
            }
            case SUSPEND -> {
                if (row.state() instanceof State.Bound) {
                    put(write.grant(), new State.Suspended("two launches claim it", launch), next++);
                }
            }
            case END -> {
                if (row.isOpen() && row.state().holder().equals(launch)) {
                    put(write.grant(), new State.Ended("ended with its task", launch), next++);
                }
            }
        }
    }

    private void put(UUID id, State state, long transaction) {
        Offer offer = Optional.ofNullable(offers.get(id)).orElseThrow();
        Optional<State> before = Optional.ofNullable(rows.get(id)).map(Row::state);
        if (before.filter(State.Ended.class::isInstance).isPresent()) {
            return;
        }
        scheduler.note(() -> "grant " + offer.role() + " " + state);
        rows.put(id, new Row(offer, state, transaction, scheduler.now()));
        checks.changed(offer, before, state);
        deployment.grantsChanged();
    }

    // ---- what is true

    /** The grant whose role this is. */
    Optional<Row> ofRole(String role) {
        return Optional.ofNullable(byRole.get(role)).map(rows::get);
    }

    boolean isOfGrant(String role) {
        return byRole.containsKey(role);
    }

    Optional<Row> find(UUID id) {
        return Optional.ofNullable(rows.get(id));
    }

    List<Row> all() {
        return List.copyOf(rows.values());
    }

    /** The grants that give a launch something, or will once they are bound to it. */
    List<Row> standing(Run run, CredentialName name) {
        return rows.values().stream()
                .filter(row -> row.offer().name().equals(name) && row.offer().fits(run) && !isExpired(row.offer()))
                .filter(row ->
                        row.state() instanceof State.Unbound || row.state().equals(new State.Bound(run.inContainer())))
                .toList();
    }

    /** The grants that may be bound to a launch, or might have been. */
    List<Offer> fitting(Run run, CredentialName name) {
        return offers.values().stream()
                .filter(offer -> offer.name().equals(name) && offer.fits(run))
                .toList();
    }

    /** The grants that this launch has or has had. */
    boolean hasHad(Run run, CredentialName name) {
        return rows.values().stream()
                .anyMatch(row ->
                        row.offer().name().equals(name) && row.state().holder().equals(Optional.of(run.inContainer())));
    }

    /** Whether a grant for the launch has changed or expired within this time, or will. */
    boolean changes(Run run, CredentialName name, Duration within) {
        Instant now = scheduler.now();
        return rows.values().stream()
                .filter(row -> row.offer().name().equals(name) && row.offer().fits(run))
                .anyMatch(row -> row.changed().plus(within).isAfter(now)
                        || Duration.between(row.offer().expires(), now).abs().compareTo(within) < 0);
    }
}
