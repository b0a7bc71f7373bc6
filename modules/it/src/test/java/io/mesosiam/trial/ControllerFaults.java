package io.mesosiam.trial;

import io.mesosiam.controller.ControllerProcess;
import java.time.Duration;
import java.util.List;

/** Controllers that end, and come back. */
final class ControllerFaults {
    static final List<Trial> TRIALS = List.of(
            new Trial("controller-kill", "one of two controllers: SIGKILL, back after 20 s", site -> {
                ControllerProcess one = site.controllers().getFirst();
                one.kill();
                Thread.sleep(Duration.ofSeconds(20));
                one.start();
            }),
            new Trial("controller-term", "one of two controllers: SIGTERM, back after 20 s", site -> {
                ControllerProcess one = site.controllers().getFirst();
                int unused = one.stop();
                Thread.sleep(Duration.ofSeconds(20));
                one.start();
            }),
            new Trial("controller-rolling", "both controllers, one after the other: SIGTERM, start, ready", site -> {
                for (ControllerProcess one : site.controllers()) {
                    int unused = one.stop();
                    one.start();
                    one.awaitReady();
                }
            }),
            new Trial(
                    "controllers-away",
                    "all controllers away for 45 s and their start, sessions of 240 s (20 min of 1 h)",
                    setup -> setup.session(Duration.ofSeconds(240)),
                    site -> allAway(site, Duration.ofSeconds(45))),
            new Trial(
                    "controllers-away-long",
                    "all controllers away for 60 s, sessions of 40 s: all expire",
                    setup -> setup.session(Duration.ofSeconds(40)),
                    site -> allAway(site, Duration.ofSeconds(60))));

    private ControllerFaults() {}

    private static void allAway(TrialSite site, Duration time) throws Exception {
        for (ControllerProcess one : site.controllers()) {
            one.kill();
        }
        Thread.sleep(time);
        for (ControllerProcess one : site.controllers()) {
            one.start();
        }
    }
}
