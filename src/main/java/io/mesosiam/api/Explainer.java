package io.mesosiam.api;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import io.mesosiam.api.sight.OwnDecisions;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.ownership.HostOwners;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Explains launches with the same code that decides. Blocks on the database: call on virtual threads only. */
@Singleton
final class Explainer {
    /** The most credential names of a launch that are explained: thousands of policies can each give it one. */
    static final int MOST_NAMES = 200;

    private final Reconciler reconciler;
    private final HostOwners owners;
    private final LeaseRows rows;

    @Inject
    Explainer(Reconciler reconciler, HostOwners owners, LeaseRows rows) {
        this.reconciler = reconciler;
        this.owners = owners;
        this.rows = rows;
    }

    /** The leases of this controller. */
    Collection<Lease> leases() {
        return reconciler.overview().leases();
    }

    /**
     * Explains launches, in their order.
     *
     * @return makes each explanation when it is read, without blocking
     */
    Stream<ExplainedLaunch> explain(List<LaunchedTask> launches, ClusterState state, PolicySet set, Sight sight) {
        Map<MesosAgentId, HostOwners.Owner> hosts =
                owners.of(launches.stream().map(Explainer::host).toList());
        Set<Launch> elsewhere = launches.stream()
                .map(LaunchedTask::launch)
                .filter(launch -> isElsewhere(launch, hosts))
                .collect(toSet());
        Set<Launch> here = launches.stream()
                .map(LaunchedTask::launch)
                .filter(launch -> !elsewhere.contains(launch))
                .collect(toSet());
        Map<Launch, List<Lease>> leases = Stream.concat(
                        reconciler.overview().leases().stream().filter(lease -> here.contains(lease.launch())),
                        stored(elsewhere))
                .filter(sight::sees)
                .collect(groupingBy(Lease::launch));
        PolicyRows rows = PolicyRows.of(set, sight);
        return reconciler.overview().withRows(launches).stream()
                .map(task -> explain(
                        task,
                        Subject.of(task, state),
                        set,
                        rows,
                        Optional.ofNullable(hosts.get(host(task))),
                        leases.getOrDefault(task.launch(), List.of())));
    }

    private boolean isElsewhere(Launch launch, Map<MesosAgentId, HostOwners.Owner> hosts) {
        HostOwners.Owner owner = hosts.get(launch.key().agent());
        return owner != null
                && owner.isConnected()
                && !reconciler.overview().outlook(launch).connected();
    }

    private Stream<Lease> stored(Set<Launch> launches) {
        try {
            return rows.ofNewest(launches).stream();
        } catch (IllegalStateException e) {
            return Stream.empty();
        }
    }

    private ExplainedLaunch explain(
            LaunchedTask task,
            Subject subject,
            PolicySet set,
            PolicyRows rows,
            Optional<HostOwners.Owner> owner,
            List<Lease> all) {
        Outlook outlook = reconciler.overview().outlook(task.launch());
        List<CredentialName> leased = all.stream().map(Lease::name).toList();
        Map<CredentialName, Decision> decisions =
                new LinkedHashMap<>(OwnDecisions.of(set, subject, rows.sight(), leased));
        Set<CredentialName> omitted = omitted(decisions.keySet(), leased);
        decisions.keySet().removeAll(omitted);
        List<Lease> leases =
                all.stream().filter(lease -> !omitted.contains(lease.name())).toList();
        Map<CredentialName, Withdrawal> withdrawn = withdrawn(task.launch(), outlook, decisions);
        return new ExplainedLaunch(
                task.launch().key().framework().value(),
                task.launch().key().task().value(),
                host(task).value(),
                task.launch().sequence(),
                "TASK_" + task.task().state(),
                task.task().container().map(Object::toString).orElse(null),
                task.witnessed(),
                task.end().map(TaskEnd::describe).orElse(null),
                task.end()
                        .flatMap(_ -> ExplainedLaunch.endedAt(leases))
                        .map(Instant::toString)
                        .orElse(null),
                ExplainedTask.of(subject),
                ExplainedHost.of(outlook.connected(), owner),
                ExplainedDecision.of(decisions, withdrawn, subject, rows)
                        .map(decision -> task.end()
                                .map(end -> decision.ended(ExplainedLaunch.ended(
                                        end, decision.credentialName(), outlook.refusals(), leases, rows)))
                                .orElse(decision))
                        .toList(),
                omitted.size(),
                shown(waiting(outlook, owner, withdrawn, decisions, rows.sight()), decisions, omitted, rows.sight()),
                shown(waitReasons(outlook, withdrawn), decisions, omitted, rows.sight()),
                shown(waitsUntil(outlook), decisions, omitted, rows.sight()),
                outlook.withdrawals().stream()
                        .filter(withdrawal -> concerns(withdrawal, task.launch(), decisions, leases))
                        .map(withdrawal -> ExplainedLaunch.ExplainedWithdrawal.of(withdrawal, rows.sight()))
                        .toList(),
                outlook.refusals().stream()
                        .filter(refusal -> rows.sight().everything()
                                || decisions.containsKey(refusal.key().name()))
                        .map(refusal -> ExplainedLaunch.ExplainedRefusal.of(refusal, rows.sight()))
                        .toList(),
                leases.stream()
                        .map(lease -> LeaseView.of(lease, rows.sight()::sentence))
                        .toList());
    }

    /** The names that are not explained because there are too many; those of leases are explained first. */
    private static Set<CredentialName> omitted(Set<CredentialName> names, List<CredentialName> leased) {
        return names.size() <= MOST_NAMES
                ? Set.of()
                : Stream.concat(leased.stream().filter(names::contains), names.stream())
                        .distinct()
                        .skip(MOST_NAMES)
                        .collect(toSet());
    }

    /** What concerns the credential names that are explained. */
    private static <T> Map<String, T> shown(
            Map<String, T> byName, Map<CredentialName, Decision> decisions, Set<CredentialName> omitted, Sight sight) {
        Map<String, T> shown = new TreeMap<>(byName);
        omitted.forEach(name -> shown.remove(name.value()));
        if (!sight.everything()) {
            Set<String> names =
                    decisions.keySet().stream().map(CredentialName::value).collect(toSet());
            shown.keySet().retainAll(names);
        }
        return shown;
    }

    /**
     * The reasons of the planner, with what only the database knows. A withdrawal replaces the reason that it hides.
     */
    private static Map<String, String> waiting(
            Outlook outlook,
            Optional<HostOwners.Owner> owner,
            Map<CredentialName, Withdrawal> withdrawn,
            Map<CredentialName, Decision> decisions,
            Sight sight) {
        Map<String, String> reasons = new TreeMap<>();
        String elsewhere = outlook.connected()
                ? ""
                : owner.filter(HostOwners.Owner::isConnected)
                                .flatMap(HostOwners.Owner::controllerId)
                                .map(controller -> "; controller " + controller + " has the host")
                                .orElse("")
                        + owner.filter(HostOwners.Owner::evicted)
                                .map(_ -> "; the host is evicted")
                                .orElse("");
        outlook.waiting()
                .forEach((name, waiting) -> reasons.put(
                        name.value(), reason(waiting, Optional.ofNullable(decisions.get(name)), sight) + elsewhere));
        withdrawn.forEach((name, withdrawal) -> reasons.put(name.value(), "withdrawn: " + withdrawal.reason()));
        return reasons;
    }

    private static String reason(Outlook.Waiting waiting, Optional<Decision> decision, Sight sight) {
        boolean own = decision.filter(one -> one instanceof Decision.Allowed allowed && sight.sees(allowed.policy()))
                .isPresent();
        return waiting.why().quotesAws() ? sight.aboutSession(waiting.reason(), own) : sight.sentence(waiting.reason());
    }

    private static Map<String, String> waitReasons(Outlook outlook, Map<CredentialName, Withdrawal> withdrawn) {
        Map<String, String> kinds = new TreeMap<>();
        outlook.waiting()
                .forEach(
                        (name, waiting) -> kinds.put(name.value(), waiting.why().text()));
        withdrawn.keySet().forEach(name -> kinds.put(name.value(), RefusalCode.WITHDRAWN.text()));
        return kinds;
    }

    private static Map<CredentialName, Withdrawal> withdrawn(
            Launch launch, Outlook outlook, Map<CredentialName, Decision> decisions) {
        Map<CredentialName, Withdrawal> found = new HashMap<>();
        decisions.forEach((name, decision) -> outlook.withdrawals().stream()
                .filter(withdrawal -> covers(withdrawal, new LeaseKey(launch, name), decision))
                .findFirst()
                .ifPresent(withdrawal -> found.put(name, withdrawal)));
        return found;
    }

    /** Whether it takes something from the launch: one of an IAM role or a policy that gives the launch nothing doesn't. */
    private static boolean concerns(
            Withdrawal withdrawal, Launch launch, Map<CredentialName, Decision> decisions, List<Lease> leases) {
        return withdrawal.given().equals(Withdrawal.Given.ANYTHING)
                || leases.stream().anyMatch(withdrawal::covers)
                || decisions.entrySet().stream()
                        .anyMatch(entry -> covers(withdrawal, new LeaseKey(launch, entry.getKey()), entry.getValue()));
    }

    private static boolean covers(Withdrawal withdrawal, LeaseKey key, Decision decision) {
        if (withdrawal.covers(key)) {
            return true;
        }
        return decision instanceof Decision.Allowed allowed
                && withdrawal.covers(
                        key, allowed.policy(), allowed.entitlement().role());
    }

    private static Map<String, Instant> waitsUntil(Outlook outlook) {
        Map<String, Instant> times = new TreeMap<>();
        outlook.waiting()
                .forEach((name, waiting) -> waiting.until().ifPresent(until -> times.put(name.value(), until)));
        return times;
    }

    private static MesosAgentId host(LaunchedTask task) {
        return task.launch().key().agent();
    }
}
