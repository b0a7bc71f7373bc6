package io.mesosiam.simulation;

import java.time.Duration;

/**
 * Runs seeds. Each is a cluster to which much happens; then the faults end, and everything must become as it should be.
 *
 * <p>As a program: {@code Simulation SEED STEPS ORDER} runs seeds from {@code SEED} on, until they have had that many steps
 * in all, with the {@link IterationOrder} of a run that failed. It ends at the first violation, and prints the events before
 * it. CONTRIBUTING.md has the command.
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
            deployment.checks.converged();
            deployment.checks.strict = true;
            deployment.scheduler.pass(STAYS);
            deployment.checks.converged();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(
                    "%s%nseed %d, order %d, step %d: %s"
                            .formatted(
                                    deployment.scheduler.story(),
                                    seed,
                                    IterationOrder.current(),
                                    deployment.scheduler.steps(),
                                    e),
                    e);
        }
        return new Outcome(
                seed,
                deployment.scheduler.steps(),
                deployment.scheduler.trace(),
                deployment.checks.counts() + " calls=" + deployment.sts.calls() + " hours="
                        + Duration.ofNanos(deployment.scheduler.micros() * 1000).toHours());
    }

    public static void main(String[] args) {
        IterationOrder.set(args.length > 2 ? Long.parseLong(args[2]) : 0);
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
