package io.mesosiam.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The calls to STS in a time without faults, compared with those that are needed: a session is renewed when its time has come. */
final class Calls {
    /** A session of an hour is renewed after 32 minutes at the earliest, by a clock that can be a second off. */
    private static final Duration LEFT_AT_RENEWAL = Duration.ofMinutes(28).plusSeconds(2);

    private final Deployment deployment;
    private final List<Held> held;
    private Map<String, Integer> before;
    private final Map<String, Integer> needed = new HashMap<>();

    /** @param time after which {@link #check} is called */
    Calls(Deployment deployment, Duration time) {
        this.deployment = deployment;
        this.before = deployment.sts.issued();
        Instant end = deployment.scheduler.now().plus(time);
        this.held = held();
        held.stream()
                .filter(each -> each.expiration().minus(LEFT_AT_RENEWAL).isBefore(end))
                .forEach(this::need);
        // a controller believes that a task is in an earlier or a stated container until the host connects to it
        held.stream()
                .filter(each -> deployment.masters.in(each.place().container()).stream()
                        .anyMatch(run -> deployment.controllers().stream().anyMatch(it -> it.misplaces(run))))
                .forEach(this::need);
    }

    private List<Held> held() {
        return deployment.hosts.stream()
                .flatMap(host -> Held.of(host, deployment.checks).stream())
                .toList();
    }

    /** Counts calls from now on: those before are not looked at. */
    void begin() {
        before = deployment.sts.issued();
    }

    private void need(Held session) {
        needed.merge(session.identity(), 1, Integer::sum);
    }

    /** @param lost sessions that are lost, so that each lease needs a call */
    void check(String after, List<Held> lost) {
        lost.forEach(this::need);
        // what was given another session since, as after the end of a grant
        held().stream().filter(now -> held.stream().noneMatch(now::continues)).forEach(this::need);
        deployment.sts.issued().forEach((identity, calls) -> {
            int made = calls - before.getOrDefault(identity, 0);
            Violation.unless(
                    made <= needed.getOrDefault(identity, 0),
                    () -> made + " calls for " + identity + " after " + after + ", not "
                            + needed.getOrDefault(identity, 0));
        });
    }
}
