package io.mesosiam.simulation;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.Optional;

/**
 * Once all faults have ended, a launch grant expires while the database is away, so that its row doesn't say so: its task is
 * served what policies give instead.
 */
final class ExpiryTrial {
    private static final Duration LASTS = Duration.ofMinutes(3);

    private final Deployment deployment;
    private final Host host;
    private final FrameworkId framework;
    private final CredentialName name;

    ExpiryTrial(Deployment deployment) {
        this.deployment = deployment;
        this.host = deployment.scheduler.pick(deployment.hosts);
        this.framework = deployment.scheduler.pick(Masters.FRAMEWORKS);
        this.name = deployment.scheduler.pick(Policies.NAMES);
    }

    void run() {
        deployment.scheduler.note(() -> "expiry trial on " + host);
        Grants.Offer offer =
                deployment.grants.make(framework, "eng", Optional.empty(), name, LASTS, Duration.ofMillis(10));
        deployment.scheduler.pass(Duration.ofMillis(10));
        Run run = deployment
                .launch(host, framework, "a8", Optional.empty(), Optional.of(offer.id()))
                .orElseThrow(() -> new Violation("the master refuses a8"));
        deployment.scheduler.pass(CalmTrial.SERVED);
        checkServed(run);
        deployment.database.up = false;
        deployment.scheduler.pass(LASTS);
        checkServed(run);
        deployment.databaseAnswers();
        deployment.end(run);
        deployment.scheduler.pass(CalmTrial.GONE);
    }

    private void checkServed(Run run) {
        Optional<String> role = deployment.entitled.decided(run.container.id(), name);
        Answer answer = host.store.find(run.container.id(), name.value());
        Optional<String> served =
                answer instanceof Answer.Lease lease ? Optional.of(lease.iamRoleArn()) : Optional.empty();
        Violation.unless(
                served.equals(role)
                        || (role.isEmpty()
                                && served.filter(it -> deployment.entitled.mayStay(run.container.id(), name, it))
                                        .isPresent()),
                () -> "not served in time: " + run + " " + role + " as " + name + " but " + answer);
    }
}
