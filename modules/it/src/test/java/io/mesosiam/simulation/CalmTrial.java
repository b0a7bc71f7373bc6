package io.mesosiam.simulation;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.mesos.FrameworkId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tasks that begin and end once all faults have ended: each is served in time by as few calls to STS as possible, an end takes
 * nothing from another task of its executor, and everything that belongs to an ended task ends in time.
 */
final class CalmTrial {
    /** From a launch until its task is served: its start takes up to 6 s, a binding and a call to STS up to 10 and 20 s each. */
    static final Duration SERVED = Duration.ofSeconds(90);

    /** From the end of a task until nothing of it is left. */
    static final Duration GONE = Duration.ofSeconds(60);

    private final Deployment deployment;
    private final Host host;
    private final FrameworkId framework;
    private final List<Run> runs = new ArrayList<>();

    CalmTrial(Deployment deployment) {
        this.deployment = deployment;
        this.host = deployment.scheduler.pick(deployment.hosts);
        this.framework = deployment.scheduler.pick(Masters.FRAMEWORKS);
    }

    void run() {
        deployment.scheduler.note(() -> "calm trial on " + host);
        Map<String, Integer> before = deployment.sts.issued();
        int controllers = isClaimedByItsController() ? 1 : 2;
        Optional<Executor> executor = deployment.uses(Feature.SHARED_CONTAINERS)
                ? Optional.of(deployment.executors.started(framework, host, deployment.scheduler.random.nextInt(3) > 0))
                : Optional.empty();
        Optional<Grants.Offer> offer = deployment.uses(Feature.LAUNCH_GRANTS)
                ? Optional.of(deployment.grants.make(
                        framework,
                        "eng",
                        Optional.empty(),
                        deployment.scheduler.pick(Policies.NAMES),
                        Duration.ofHours(9),
                        Duration.ofMillis(10)))
                : Optional.empty();
        deployment.scheduler.pass(Duration.ofMillis(10));
        launch("a9", executor, offer);
        launch("b9", executor, Optional.empty());
        deployment.scheduler.pass(SERVED);
        runs.forEach(run -> Policies.NAMES.forEach(name -> deployment.entitled.requireServed(run, name)));
        checkCalls(before, controllers);
        offer.ifPresent(this::checkBound);

        Run first = runs.getFirst();
        Run second = runs.getLast();
        Map<String, String> kept = served(second);
        deployment.end(first);
        deployment.scheduler.pass(GONE);
        checkGone(first);
        if (!second.mayShare()) {
            Violation.unless(
                    served(second).equals(kept), () -> "the end of " + first + " changed what " + second + " has");
        }
        Policies.NAMES.forEach(name -> deployment.entitled.requireServed(second, name));
        executor.ifPresentOrElse(deployment.executors::crash, () -> deployment.end(second));
        deployment.scheduler.pass(GONE);
        checkGone(second);
        offer.flatMap(it -> deployment.grants.find(it.id()))
                .filter(row -> row.state().holder().isPresent())
                .ifPresent(row -> Violation.unless(!row.isOpen(), () -> "open after its launch: " + row));
    }

    private void launch(String task, Optional<Executor> executor, Optional<Grants.Offer> offer) {
        runs.add(deployment
                .launch(host, framework, task, executor, offer.map(Grants.Offer::id))
                .orElseThrow(() -> new Violation("the master refuses " + task)));
    }

    /** The leases that the task's container is served, by credential name. */
    private Map<String, String> served(Run run) {
        Map<String, String> served = new TreeMap<>();
        Policies.NAMES.forEach(name -> {
            if (host.store.find(run.container.id(), name.value()) instanceof Answer.Lease lease) {
                served.put(name.value(), lease.leaseId());
            }
        });
        return served;
    }

    /** If not, its controller learns that with its first write, and the next one requests the sessions again. */
    private boolean isClaimedByItsController() {
        return deployment.database.owner(host.id).equals(host.controller().map(each -> each.name));
    }

    /**
     * One call for each of these tasks and names by each controller that gives the host sessions; a session for all tasks is
     * requested at most once by each controller.
     */
    private void checkCalls(Map<String, Integer> before, int controllers) {
        deployment.sts.issued().forEach((identity, calls) -> {
            boolean ofTrial =
                    runs.stream().anyMatch(run -> identity.startsWith(run.key.task() + "@" + framework + " "));
            int made = calls - before.getOrDefault(identity, 0);
            Violation.unless(
                    !ofTrial || made <= Policies.NAMES.size() * controllers,
                    () -> made + " calls for " + identity + " of a calm trial");
        });
    }

    private void checkBound(Grants.Offer offer) {
        Grants.Row row = deployment.grants.find(offer.id()).orElseThrow();
        Run holder = runs.getFirst();
        boolean denied = deployment.policies.isDenied(deployment.policies.newest(), holder, offer.name());
        Violation.unless(
                row.state().holder().equals(Optional.of(holder.inContainer())) || denied,
                () -> "not bound in time: " + row);
    }

    private void checkGone(Run run) {
        if (!run.mayShare() || runs.stream().noneMatch(each -> each.alive)) {
            Violation.unless(served(run).isEmpty(), () -> "served after its end: " + run + " " + served(run));
        }
        Violation.unless(
                deployment.database.live().stream()
                        .noneMatch(row -> row.launch().key().equals(run.key)),
                () -> "a row after its end: " + run);
    }
}
