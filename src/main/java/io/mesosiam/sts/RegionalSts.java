package io.mesosiam.sts;

import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Partition;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

/** The STS of one region with its call budget. */
final class RegionalSts implements AutoCloseable {
    private final StsClient client;
    private final String address;
    private final Optional<Region> region;
    private final CallBudget budget;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final StsAnswers answers;

    /**
     * @param address the address that the client calls, for messages
     * @param region the region whose public endpoint that is; empty for another address, which may serve any partition
     */
    RegionalSts(
            StsClient client,
            String address,
            Optional<Region> region,
            CallBudget budget,
            ScheduledExecutorService timer) {
        this.client = client;
        this.address = address;
        this.region = region;
        this.budget = budget;
        this.timer = timer;
        this.answers = new StsAnswers(client);
    }

    StsClient client() {
        return client;
    }

    String address() {
        return address;
    }

    /** Returns why this region can't serve the IAM role; empty if it can. */
    Optional<String> wrongPartition(IamRole role) {
        return region.filter(own -> !Partition.ofRegion(own.id()).equals(role.partition()))
                .map(own -> "region: STS of " + own + " is in the partition " + Partition.ofRegion(own.id())
                        + ", the IAM role in " + role.partition());
    }

    StsAnswers answers() {
        return answers;
    }

    CallBudget budget() {
        return budget;
    }

    /**
     * Blocks until a call may be made.
     *
     * @return false if the time elapsed first
     */
    boolean awaitTurn(boolean taskWaits, Duration atMost) throws InterruptedException {
        CallBudget.Turn turn = budget.enter(taskWaits);
        boolean taken = false;
        try {
            grant();
            taken = turn.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // A slot granted since the timeout is used, because its call is already counted.
            taken = !turn.cancel(false);
        } catch (ExecutionException e) {
            throw new AssertionError("a turn can't fail", e);
        } finally {
            if (!taken && !turn.cancel(false)) {
                budget.refund();
            }
        }
        return taken;
    }

    private void grant() {
        budget.grant().ifPresent(this::grantAfter);
    }

    /** Schedules the next grant. All queued calls share one timer. */
    private void grantAfter(Duration wait) {
        if (armed.compareAndSet(false, true)) {
            try {
                Future<?> unused = timer.schedule(this::grantNow, wait.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RuntimeException | Error e) {
                armed.set(false);
                throw e;
            }
        }
    }

    private void grantNow() {
        armed.set(false);
        grant();
    }

    @Override
    public void close() {
        client.close();
    }
}
