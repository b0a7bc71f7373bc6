package io.mesosiam.simulation;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Runs seeds. Each is a cluster to which much happens; then the faults end, and everything must become as it should be.
 *
 * <p>As a program: {@code Simulation SEED STEPS} runs seeds from {@code SEED} on, until they have had that many steps in all;
 * with {@code plain} as a third argument without the features that they have, with {@code no-restarts}, {@code no-operators},
 * {@code no-lost-commits} and {@code no-forged-statuses} without the last ones.
 * It ends at the first violation, and prints the events before it. CONTRIBUTING.md has the command.
 */
public final class Simulation {
    /** Steps of a seed before the faults end. */
    private static final int STEPS = 6_000;

    private static final Duration SETTLES = Duration.ofMinutes(40);
    private static final Duration STAYS = Duration.ofMinutes(70);

    private Simulation() {}

    /**
     * The result of one seed.
     *
     * @param trace a digest of the whole run
     */
    record Outcome(long seed, long steps, long trace, String counts) {}

    /** @throws AssertionError with the seed and the story, if a rule is broken */
    static Outcome run(long seed) {
        return run(seed, Feature.of(seed));
    }

    static Outcome run(long seed, Set<Feature> features) {
        try {
            return run(new Deployment(seed, features, false), seed, features);
        } catch (RuntimeException | Error e) {
            Outcome unused = run(new Deployment(seed, features, true), seed, features);
            throw new AssertionError("seed " + seed + " breaks no rule the second time", e);
        }
    }

    private static Outcome run(Deployment deployment, long seed, Set<Feature> features) {
        try {
            while (deployment.scheduler.steps() < STEPS) {
                deployment.scheduler.step();
            }
            deployment.becomeQuiet();
            deployment.scheduler.pass(SETTLES);
            letJournalsWrite(deployment);
            deployment.checks.converged();
            deployment.checks.calm = true;
            if (!features.isEmpty()) {
                new CalmTrial(deployment).run();
            }
            if (features.contains(Feature.LAUNCH_GRANTS)) {
                new ExpiryTrial(deployment).run();
            }
            if (features.contains(Feature.OPERATORS)) {
                new OperatorTrial(deployment).run();
                new LossTrial(deployment).run();
            }
            deployment.checks.strict = true;
            Map<String, Integer> issued = deployment.sts.issued();
            deployment.scheduler.pass(STAYS);
            letJournalsWrite(deployment);
            deployment.checks.converged();
            deployment.checks.renewedInTurn(issued);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(
                    "%s%nseed %d, step %d: %s"
                            .formatted(deployment.scheduler.story(), seed, deployment.scheduler.steps(), e),
                    e);
        }
        return new Outcome(
                seed,
                deployment.scheduler.steps(),
                deployment.scheduler.trace(),
                deployment.checks.counts()
                        + (features.contains(Feature.LAUNCH_GRANTS) ? deployment.grantChecks.counts() : "") + " calls="
                        + deployment.sts.calls() + " hours="
                        + Duration.ofNanos(deployment.scheduler.micros() * 1000).toHours());
    }

    /** A session that was renewed just now may not be recorded yet. */
    private static void letJournalsWrite(Deployment deployment) {
        for (int i = 0; i < 10 && deployment.writes(); i++) {
            deployment.scheduler.pass(Duration.ofSeconds(1));
        }
    }

    private static Set<Feature> features(long seed, String which) {
        return switch (which) {
            case "plain" -> Set.of();
            case "no-restarts" -> Feature.before(Feature.RESTARTS, seed);
            case "no-operators" -> Feature.before(Feature.OPERATORS, seed);
            case "no-lost-commits" -> Feature.before(Feature.LOST_COMMITS, seed);
            case "no-forged-statuses" -> Feature.before(Feature.FORGED_STATUSES, seed);
            default -> Feature.of(seed);
        };
    }

    public static void main(String[] args) {
        Log.off();
        long seed = Long.parseLong(args[0]);
        long left = Long.parseLong(args[1]);
        while (left > 0) {
            Outcome outcome = run(seed, features(seed, args.length > 2 ? args[2] : ""));
            seed++;
            left -= outcome.steps();
            System.out.println(outcome);
        }
    }
}
