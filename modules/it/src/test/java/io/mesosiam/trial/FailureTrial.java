package io.mesosiam.trial;

import io.mesosiam.controller.ControllerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets one thing fail while a cluster works, and prints what containers noticed of it. Arguments: the controller's jar, the name of a trial
 * or {@code all}, and optionally the number of hosts. docs/reliability.md has the command.
 */
public final class FailureTrial {
    private static final Duration STEADY = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final int MOST_EXPLAINED = 5;
    private static final int SLOWEST = 12;
    private static final int STARTS_PER_SECOND = 4;
    private static final PrintStream OUT = System.out;

    private FailureTrial() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2) {
            OUT.println("arguments: the controller's jar, one of these or all, the number of hosts");
            Trials.ALL.forEach(trial -> OUT.println("  " + trial.name() + ": " + trial.what()));
            System.exit(2);
        }
        int hosts = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
        Path directory = Files.createTempDirectory("mesos-iam-trials");
        boolean good = false;
        try {
            Build build = Build.prepare(Path.of(arguments[0]), directory);
            List<String> rows = new ArrayList<>();
            good = true;
            for (Trial trial : chosen(arguments[1])) {
                Optional<String> missing = trial.requirement().missing();
                if (missing.isPresent()) {
                    rows.add("| " + trial.what() + " | skipped: " + missing.get() + " | | | | | | | | |");
                    continue;
                }
                try {
                    Outcome outcome = run(trial, build, hosts);
                    good &= outcome.good();
                    rows.add(outcome.row(trial.what()));
                } catch (Exception | AssertionError e) {
                    good = false;
                    e.printStackTrace(OUT);
                    rows.add("| " + trial.what() + " | did not run: " + e.getMessage() + " | | | | | | | | |");
                }
                OUT.println(Outcome.HEAD);
                OUT.println(rows.getLast());
            }
            if (rows.size() > 1) {
                OUT.println(Outcome.HEAD);
                rows.forEach(OUT::println);
            }
        } finally {
            Commands.run("rm", "-rf", directory.toString());
        }
        System.exit(good ? 0 : 1);
    }

    private static List<Trial> chosen(String name) {
        List<Trial> chosen = Trials.ALL.stream()
                .filter(trial ->
                        name.equals("all") || List.of(name.split(",", -1)).contains(trial.name()))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("there is no trial " + name);
        }
        return chosen;
    }

    private static Outcome run(Trial trial, Build build, int hosts) throws Exception {
        OUT.println("# " + trial.name());
        SiteSetup setup = trial.setup().change(new SiteSetup().hosts(hosts));
        try (TrialSite site = TrialSite.start(build, setup)) {
            closeOnInterrupt(site);
            if (Normal.await(site, LONGEST).isEmpty()) {
                throw new IllegalStateException("the site doesn't work before the failure");
            }
            site.endSpread(setup.session());
            site.load().churn(STARTS_PER_SECOND);
            Thread.sleep(STEADY);
            Instant from = Instant.now();
            site.judge().restart();
            int calls = site.sts().assumptions().size();
            int sessions = site.sts().sessions().size();
            trial.fault().run(site);
            Instant repaired = Instant.now();
            Optional<Duration> normal = Normal.await(site, LONGEST);
            Thread.sleep(STEADY);
            site.load().close();
            // rows are written within the journal's delay
            Thread.sleep(STEADY);
            Judge.Tally asks = site.judge().tally();
            site.judge().wrongAnswers().forEach(wrong -> OUT.println("  wrong: " + wrong));
            List<String> lost = LeaseRows.lost(site);
            Outcome outcome = new Outcome(
                    asks,
                    lost.size(),
                    normal,
                    StsLedger.since(from, site.sts().sessions(), site.load().launches()),
                    site.sts().assumptions().size()
                            - calls
                            - (site.sts().sessions().size() - sessions));
            explain(site, lost, from, repaired, outcome);
            return outcome;
        }
    }

    /** Ends the processes, mounts and namespaces of a trial also if the program is interrupted. */
    private static void closeOnInterrupt(TrialSite site) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                site.close();
            } catch (IOException e) {
                OUT.println("not all is removed: " + e.getMessage());
            }
        }));
    }

    /** Prints how long tasks that started since then waited for their first credentials. */
    private static void explainStarts(Collection<TrialTask> launches, Instant from) {
        List<TrialTask> slowest = launches.stream()
                .filter(task ->
                        task.started().isAfter(from) && task.firstRight().isPresent())
                .sorted(Comparator.comparing(FailureTrial::waited).reversed())
                .toList();
        if (!slowest.isEmpty()) {
            OUT.println("  new tasks " + slowest.size() + ", first credentials after p50 "
                    + waited(slowest.get(slowest.size() / 2)).toMillis()
                    + " ms; slowest, as 'started after the failure began: waited': "
                    + slowest.stream()
                            .limit(SLOWEST)
                            .map(task -> Duration.between(from, task.started()).toMillis() + " ms: "
                                    + waited(task).toMillis() + " ms")
                            .toList());
        }
    }

    private static Duration waited(TrialTask task) {
        return Duration.between(task.started(), task.firstRight().orElseThrow());
    }

    private static void explain(TrialSite site, List<String> lost, Instant from, Instant repaired, Outcome outcome)
            throws IOException {
        site.judge().reasons().forEach((why, count) -> OUT.println("  no credentials: " + why + " " + count));
        lost.forEach(lease -> OUT.println("  lost: " + lease));
        outcome.calls().beyond().stream()
                .limit(MOST_EXPLAINED)
                .forEach(beyond -> OUT.println("  beyond the minimum: " + beyond.text()));
        explainStarts(site.load().allLaunches(), from);
        if (outcome.normal().isEmpty()) {
            Normal.unserved(site, repaired).forEach(task -> OUT.println("  still without credentials: " + task));
        }
        Optional<Path> keep =
                Optional.ofNullable(System.getProperty("trial.logs")).map(Path::of);
        if (keep.isPresent()) {
            Files.createDirectories(keep.get());
            try (Stream<Path> logs = Files.list(site.directory())) {
                for (Path log :
                        logs.filter(file -> file.toString().endsWith(".log")).toList()) {
                    Files.copy(log, keep.get().resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        if (site.controllers().stream()
                .map(ControllerProcess::text)
                .anyMatch(text -> text.contains("unexpected failure"))) {
            OUT.println("  a controller's log has an unexpected failure");
        }
    }
}
