package io.mesosiam.simulation;

import java.time.Duration;

/** PostgreSQL fails over to a standby, to which it streams asynchronously: the latest commits are lost. */
final class LostCommits {
    private static final Duration PAUSE = Duration.ofMinutes(20);

    private static final Duration LONGEST_FAILOVER = Duration.ofMinutes(1);

    private final Deployment deployment;
    private final Scheduler scheduler;

    LostCommits(Deployment deployment) {
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
    }

    void happenLater() {
        if (deployment.uses(Feature.LOST_COMMITS)) {
            scheduler.within(PAUSE, "the database fails over", this::happen);
        }
    }

    private void happen() {
        if (deployment.isQuiet()) {
            return;
        }
        happenLater();
        if (deployment.database.up) {
            Duration lost = scheduler.upTo(Database.LONGEST_LOSS);
            scheduler.note(() -> "commits are lost: those of " + lost);
            deployment.database.up = false;
            deployment.database.loseCommits(lost);
            scheduler.within(LONGEST_FAILOVER, "the standby answers", deployment::databaseAnswers);
        }
    }
}
