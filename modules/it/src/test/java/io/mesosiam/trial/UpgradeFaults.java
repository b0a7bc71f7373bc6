package io.mesosiam.trial;

import io.mesosiam.controller.ControllerProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Controllers of an earlier build, which are replaced as docs/controller.md says. */
final class UpgradeFaults {
    /** The time in which hosts return to a controller that has started. */
    private static final Duration RETURN = Duration.ofSeconds(95);

    private static final Duration BESIDE = Duration.ofSeconds(20);
    private static final int CONTROLLERS = 3;
    private static final int CANNOT_START = 1;

    static final List<Trial> TRIALS = List.of(new Trial(
            "controller-upgrade",
            "three controllers of an earlier build are replaced by this one's, one after the other; the first new one ends once, and earlier ones serve its hosts; tasks are withdrawn and denied beside both, wrong if served 5 s later",
            Requirement.EARLIER_CONTROLLER,
            UpgradeFaults::earlier,
            UpgradeFaults::upgrade));

    private UpgradeFaults() {}

    /** The agents are the earlier build's too, if that is given: controllers are upgraded first. */
    private static SiteSetup earlier(SiteSetup usual) {
        Requirement.earlierAgent().ifPresent(usual::firstAgent);
        return usual.controllers(CONTROLLERS)
                .firstController(Requirement.earlierController().orElseThrow());
    }

    private static void upgrade(TrialSite site) throws Exception {
        ControllerProcess first = site.controllers().getFirst();
        int unused = first.stop();
        site.upgrade(first);
        first.awaitReady();
        report(site, "after the migrations");
        Thread.sleep(RETURN);
        if (!report(site, "beside each other").containsKey("controller-1")) {
            throw new IllegalStateException("no host has returned to the new controller: repeat the trial");
        }
        TakeoverFaults.TakenAway taken = new TakeoverFaults.TakenAway(site, Duration.ofSeconds(5));
        for (TrialTask task : taken.startTasks()) {
            taken.take(task);
        }
        Thread.sleep(Duration.ofSeconds(7));
        taken.report();
        taken.endTasks();

        unused = first.stop();
        Thread.sleep(BESIDE);
        report(site, "after the end of the new one");
        first.start();
        first.awaitReady();

        for (ControllerProcess one : site.controllers().subList(1, CONTROLLERS)) {
            unused = one.stop();
            one.start();
            int code = one.awaitEnd();
            if (code != CANNOT_START) {
                throw new IllegalStateException("a controller of the earlier build ended with exit code " + code);
            }
            site.upgrade(one);
            one.awaitReady();
        }
        report(site, "after the upgrade");
    }

    /** Prints how many hosts each controller has. */
    private static Map<String, Integer> report(TrialSite site, String when) throws SQLException {
        Map<String, Integer> hosts = new TreeMap<>();
        try (Connection connection = site.postgres().connect(TrialSite.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select controller_id, count(*) from agent where connected_at > coalesce(disconnected_at, '-infinity')
                        group by controller_id""")) {
            while (rows.next()) {
                hosts.put(rows.getString(1), rows.getInt(2));
            }
        }
        System.out.println("  hosts " + when + ": " + hosts);
        return hosts;
    }
}
