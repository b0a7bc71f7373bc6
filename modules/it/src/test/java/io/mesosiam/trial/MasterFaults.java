package io.mesosiam.trial;

import io.mesosiam.controller.ControllerProcess;
import java.time.Duration;
import java.util.List;

/** Masters that fail over, contradict each other, or send nothing. */
final class MasterFaults {
    static final List<Trial> TRIALS = List.of(
            new Trial("master-empty", "master: fails over to an empty one, Mesos agents register after 20 s", site -> {
                site.master().failOver();
                Thread.sleep(Duration.ofSeconds(5));
                site.master().recover();
                Thread.sleep(Duration.ofSeconds(20));
                site.load().register();
            }),
            new Trial(
                    "master-two-leaders",
                    "masters: an empty one also claims to lead for 30 s, connections to the first are cut",
                    SiteSetup::secondMaster,
                    site -> {
                        site.secondMaster().recover();
                        site.toMaster().cut();
                        Thread.sleep(Duration.ofSeconds(30));
                        site.secondMaster().follow(site.master().uri().getAuthority());
                    }),
            new Trial(
                    "master-large-state",
                    "master: /state grows to 500 MB, controllers with 1 GiB of heap, restarted in it",
                    setup -> setup.controllerHeap("1g").controllerSetting("MESOS_IAM_MESOS_POLL_INTERVAL", "5s"),
                    MasterFaults::largeState),
            new Trial("master-stalls", "master: open streams send nothing for 30 s", site -> {
                site.toMaster().freeze();
                Thread.sleep(Duration.ofSeconds(30));
            }));

    private MasterFaults() {}

    private static void largeState(TrialSite site) throws Exception {
        LargeState large = new LargeState(site.master().uri(), 500_000_000);
        site.masterAnswers().on("/state", large);
        site.masterAnswers().on("/master/state", large);
        Thread.sleep(Duration.ofSeconds(20));
        for (ControllerProcess controller : site.controllers()) {
            int unused = controller.stop();
            controller.start();
            controller.awaitReady();
        }
        Thread.sleep(Duration.ofSeconds(10));
        site.masterAnswers().clear("/state");
        site.masterAnswers().clear("/master/state");
    }
}
