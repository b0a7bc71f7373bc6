package io.mesosiam.lease.history;

import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Random withdrawals of what a policy or an IAM role gives: everywhere, on a host, or to a task. Some are lifted. */
final class RandomRevocations {
    private final Random random;
    private final SimulatedDeployment deployment;

    RandomRevocations(Random random, SimulatedDeployment deployment) {
        this.random = random;
        this.deployment = deployment;
    }

    /** Makes one, or lifts one; returns what was done. */
    String next(SimulatedCluster.Run run) {
        int standing = deployment.tables.withdrawals.size();
        if (standing > 0 && random.nextInt(3) == 0) {
            Withdrawal lifted = deployment.tables.withdrawals.remove(random.nextInt(standing));
            deployment.controllers().forEach(each -> each.withdrawalsChanged(deployment.tables.withdrawals));
            return "lift " + lifted;
        }
        Withdrawal made = withdrawal(run);
        deployment.withdraw(made);
        return "withdraw " + made;
    }

    private Withdrawal withdrawal(SimulatedCluster.Run run) {
        boolean policy = random.nextInt(4) == 0;
        int where = random.nextInt(3);
        String role = String.valueOf((char) ('a' + random.nextInt(5)));
        return new Withdrawal(
                Optional.of(run.launch.key().framework()).filter(_ -> where == 0),
                Optional.of(run.launch.key().task()).filter(_ -> where == 0),
                Optional.of(run.launch.key().agent()).filter(_ -> where == 1),
                OptionalLong.empty(),
                Optional.empty(),
                new Withdrawal.Given(
                        Optional.of(TestLaunches.POLICY).filter(_ -> policy),
                        Optional.of(TestLaunches.role(role)).filter(_ -> !policy)),
                "revoked",
                Optional.empty());
    }
}
