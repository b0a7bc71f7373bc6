package io.mesosiam.simulation;

import java.time.Duration;

/**
 * Runs seeds. Each is a cluster to which much happens; then the faults end, and everything must become as it should be.
 *
 * <p>As a program: {@code Simulation SEED STEPS} runs seeds from {@code SEED} on, until they have had that many steps in all.
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
        Deployment deployment = new Deployment(seed);
        try {
            while (deployment.scheduler.steps() < STEPS) {
                deployment.scheduler.step();
            }
            deployment.becomeQuiet();
            deployment.scheduler.pass(SETTLES);
            letJournalsWrite(deployment);
            deployment.checks.converged();
            deployment.checks.strict = true;
            deployment.scheduler.pass(STAYS);
            letJournalsWrite(deployment);
            deployment.checks.converged();
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
                deployment.checks.counts() + " calls=" + deployment.sts.calls() + " hours="
                        + Duration.ofNanos(deployment.scheduler.micros() * 1000).toHours());
    }

    /** A session that was renewed just now may not be recorded yet. */
    private static void letJournalsWrite(Deployment deployment) {
        for (int i = 0; i < 10 && deployment.writes(); i++) {
            deployment.scheduler.pass(Duration.ofSeconds(1));
        }
    }

    public static void main(String[] args) {
        Log.off();
        long seed = Long.parseLong(args[0]);
        long left = Long.parseLong(args[1]);
        while (left > 0) {
            Outcome outcome = run(seed++);
            left -= outcome.steps();
            System.out.println(outcome);
        }
    }
}
