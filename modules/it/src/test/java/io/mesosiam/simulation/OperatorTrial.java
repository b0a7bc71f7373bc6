package io.mesosiam.simulation;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.lease.Withdrawal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Once all faults have ended, operators revoke a task and evict its host: what is revoked is not served after the documented
 * time, an evicted host serves nothing, and both are served again afterwards, by no more calls to STS than needed.
 */
final class OperatorTrial {
    /** A controller knows it within 10 s if the notification is lost; a frame takes 8 s at most. */
    private static final Duration IN_FORCE = Duration.ofSeconds(19);

    private static final Duration LASTS = Duration.ofMinutes(2);

    private final Deployment deployment;
    private final Host host;

    OperatorTrial(Deployment deployment) {
        this.deployment = deployment;
        this.host = deployment.scheduler.pick(deployment.hosts);
    }

    void run() {
        deployment.scheduler.note(() -> "operator trial on " + host);
        Run run = deployment
                .launch(host, deployment.scheduler.pick(Masters.FRAMEWORKS), "a7", Optional.empty(), Optional.empty())
                .orElseThrow(() -> new Violation("the master refuses a7"));
        deployment.scheduler.pass(CalmTrial.SERVED);
        Policies.NAMES.forEach(name -> deployment.entitled.requireServed(run, name));
        revoke(run);
        evict();
        deployment.end(run);
        deployment.scheduler.pass(CalmTrial.GONE);
    }

    private void revoke(Run run) {
        Withdrawal revocation = Operators.ofTask(run);
        deployment.operators.revoke(revocation);
        deployment.scheduler.pass(IN_FORCE);
        Policies.NAMES.forEach(name -> Violation.unless(
                !(host.store.find(run.container.id(), name.value()) instanceof Answer.Lease),
                () -> run + " is served " + name + " after " + revocation));
        Violation.unless(
                deployment.database.live().stream()
                        .noneMatch(row -> row.launch().key().equals(run.key)),
                () -> "a row of " + run + " after " + revocation);
        deployment.operators.lift(revocation);
        deployment.scheduler.pass(CalmTrial.SERVED);
        Policies.NAMES.forEach(name -> deployment.entitled.requireServed(run, name));
    }

    private void evict() {
        ControllerNode controller = host.controller().orElseThrow();
        Calls calls = new Calls(deployment, IN_FORCE.plus(LASTS).plus(CalmTrial.SERVED));
        List<Held> before = Held.of(host, deployment.checks);
        deployment.operators.evict(host);
        deployment.scheduler.pass(IN_FORCE);
        checkEmpty();
        deployment.scheduler.pass(LASTS);
        checkEmpty();
        // a controller that did not know it at first can have served the host, and begun calls
        calls.begin();
        deployment.operators.admit(host);
        Optional<ControllerNode> first = first(CalmTrial.SERVED);
        before.forEach(held -> Violation.unless(
                !held.isMissing(host, deployment.entitled),
                () -> "not served after the return of " + host + ": " + held));
        boolean keepsThem = first.filter(it -> it == controller).isPresent();
        // another controller has no session of the host, this one those that it has requested itself
        calls.check(
                "the return of " + host,
                before.stream()
                        .filter(held -> !keepsThem || held.receiver() != controller)
                        .toList());
    }

    /**
     * The controller that serves the host first. It can move to another one soon. A controller that doesn't know of the return yet
     * refuses the host, and is connected for a moment.
     */
    private Optional<ControllerNode> first(Duration time) {
        Optional<ControllerNode> first = Optional.empty();
        for (Duration left = time; left.isPositive(); left = left.minusSeconds(1)) {
            deployment.scheduler.pass(Duration.ofSeconds(1));
            first = first.or(() -> host.controller().filter(it -> it.streams.serves(host.id)));
        }
        return first;
    }

    private void checkEmpty() {
        Violation.unless(
                host.served().isEmpty() && host.store.held().isEmpty(),
                () -> host + " is evicted, and holds " + host.store.held());
    }
}
