package io.mesosiam.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Once all faults have ended, the agent of a host restarts while STS is away: a session that its controller has requested itself
 * is served again, since both had it. Then the controller ends: its hosts are served as before without a call to STS that would not
 * have been made anyway.
 */
final class LossTrial {
    private static final Duration TAKEN_OVER = Duration.ofMinutes(2);

    /** All sessions of the host have to be renewed by then, and some have expired. */
    private static final Duration AWAY = Duration.ofMinutes(41);

    private static final Duration BACK = Duration.ofSeconds(60);

    private final Deployment deployment;
    private final Host host;

    LossTrial(Deployment deployment) {
        this.deployment = deployment;
        this.host = deployment.scheduler.pick(deployment.hosts);
    }

    void run() {
        loseAgent();
        loseController();
    }

    private void loseController() {
        ControllerNode controller = host.controller().orElseThrow();
        deployment.scheduler.note(() -> "loss of " + controller + " with " + host);
        Calls calls = new Calls(deployment, TAKEN_OVER);
        List<Held> before = Held.of(host, deployment.checks);
        deployment.crash(controller, TAKEN_OVER);
        deployment.scheduler.pass(TAKEN_OVER);
        before.forEach(held -> Violation.unless(
                !held.isMissing(host, deployment.entitled),
                () -> "not served after the loss of " + controller + ": " + held));
        calls.check("the loss of " + controller, List.of());
        deployment.scheduler.pass(BACK);
    }

    private void loseAgent() {
        deployment.scheduler.note(() -> "STS is away, then the agent of " + host);
        deployment.sts.up = false;
        deployment.scheduler.pass(AWAY);
        Instant then = deployment.scheduler.now().plus(BACK).plusSeconds(2);
        List<Held> before = Held.of(host, deployment.checks);
        ControllerNode controller = host.controller().orElseThrow();
        host.restart();
        deployment.scheduler.pass(BACK);
        before.stream()
                .filter(held ->
                        held.receiver() == controller && held.expiration().isAfter(then))
                .forEach(held -> Violation.unless(
                        !held.isMissing(host, deployment.entitled),
                        () -> "not served after the restart of the agent on " + host + ": " + held));
        deployment.sts.up = true;
        deployment.scheduler.pass(Duration.ofMinutes(20));
    }
}
