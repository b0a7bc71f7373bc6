package io.mesosiam.trial;

import io.mesosiam.sandbox.sts.Fault;
import java.time.Duration;
import java.util.List;

/** STS that is away, slow, or refuses. */
final class StsFaults {
    static final List<Trial> TRIALS = List.of(
            new Trial("sts-away", "STS: refuses connections for 45 s of sessions of 90 s (30 min of 1 h)", site -> {
                site.toSts().refuse(true);
                site.toSts().cut();
                Thread.sleep(Duration.ofSeconds(45));
                site.toSts().refuse(false);
            }),
            new Trial("sts-hangs", "STS: answers nothing for 30 s", site -> fault(site, Fault.NEVER, 1)),
            new Trial(
                    "sts-throttles",
                    "STS: throttles 9 of 10 calls for 30 s",
                    site -> fault(site, Fault.THROTTLING, 0.9)),
            new Trial("sts-slow", "STS: each answer takes 10 s, for 30 s", site -> {
                site.sts().delay(Duration.ofSeconds(10));
                Thread.sleep(Duration.ofSeconds(30));
                site.sts().delay(Duration.ZERO);
            }),
            new Trial("sts-denies-one-role", "STS: AccessDenied for one of three roles, for 30 s", site -> {
                site.sts().fault(Workload.role('b'), Fault.ACCESS_DENIED);
                Thread.sleep(Duration.ofSeconds(30));
                site.sts().fault(Fault.NONE);
            }));

    private StsFaults() {}

    private static void fault(TrialSite site, Fault fault, double part) throws InterruptedException {
        site.sts().fault(fault, part);
        Thread.sleep(Duration.ofSeconds(30));
        site.sts().fault(Fault.NONE);
    }
}
