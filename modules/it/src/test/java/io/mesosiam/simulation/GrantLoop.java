package io.mesosiam.simulation;

import io.mesosiam.lease.grant.ModelGrants;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** How one controller follows the table of launch grants, and writes to it. One read is made at a time, and one round of writes. */
final class GrantLoop {
    /** When this controller has learned of the ends of launches. */
    private final Map<TaskContainer, Instant> endsSeen = new HashMap<>();

    final ModelGrants rows;
    private final ControllerNode controller;
    private final Deployment deployment;
    private final Scheduler scheduler;
    private final Set<UUID> unbound = new HashSet<>();
    private final Map<UUID, Instant> boundSince = new HashMap<>();
    private final Map<UUID, Instant> overSince = new HashMap<>();
    private long oldest = Grants.NEVER;
    private boolean reading;
    private boolean readAgain;
    private boolean writing;

    GrantLoop(ControllerNode controller, Deployment deployment) {
        this.controller = controller;
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
        this.rows = new ModelGrants(controller.clock(), this::accept);
    }

    private void accept(GrantSet newest, GrantedTasks concerned) {
        for (LaunchGrant grant : newest.all()) {
            if (grant.state() instanceof State.Bound) {
                boundSince.putIfAbsent(grant.id(), scheduler.now());
            } else if (grant.state() instanceof State.Unbound) {
                unbound.add(grant.id());
            } else {
                overSince.putIfAbsent(grant.id(), scheduler.now());
            }
        }
        controller.granted(rows.inForce(newest), concerned);
    }

    /** Reads all grants at once, as a controller does before it starts. */
    void start() {
        Grants.Read read = deployment.grants.read(oldest, true);
        oldest = read.oldest();
        rows.takeAll(read.rows());
    }

    /** @param all whether it is the poll, which reads all grants that have not ended */
    void read(boolean all) {
        if (!controller.runs || !deployment.database.up) {
            return;
        }
        if (reading) {
            readAgain = true;
            return;
        }
        reading = true;
        Grants.Read read = deployment.grants.read(oldest, all);
        scheduler.after(latency(), controller + " takes grants in", () -> {
            reading = false;
            if (controller.runs) {
                oldest = read.oldest();
                if (all) {
                    rows.takeAll(read.rows());
                } else {
                    rows.takeChanged(read.rows());
                }
                controller.wake();
                if (readAgain) {
                    readAgain = false;
                    read(false);
                }
            }
        });
    }

    /** Call it after every input of the reconciler. */
    void writeLater() {
        if (!writing && !rows.waiting().isEmpty()) {
            writing = true;
            scheduler.after(latency(), controller + " writes grants", this::write);
        }
    }

    private void write() {
        if (!controller.runs) {
            return;
        }
        List<ModelGrants.Write> made = new ArrayList<>();
        if (deployment.database.up) {
            for (ModelGrants.Write write : rows.waiting()) {
                if (!deployment.grants.isLocked(write.grant())) {
                    deployment.grants.write(write);
                    made.add(write);
                }
            }
        }
        boolean answered = !deployment.database.losesAnswers || !scheduler.oneIn(4);
        Duration pause = made.isEmpty() || !answered ? scheduler.upTo(Duration.ofSeconds(5)) : latency();
        scheduler.after(pause, "grants written by " + controller, () -> {
            writing = false;
            if (controller.runs) {
                if (answered) {
                    made.forEach(rows::written);
                }
                writeLater();
            }
        });
    }

    private Duration latency() {
        return scheduler.oneIn(25) ? scheduler.upTo(Duration.ofSeconds(5)) : scheduler.upTo(Duration.ofMillis(20));
    }

    /** Whether the grant has to be bound as far as this controller has known within that time. */
    boolean hasWaited(UUID grant, Duration within) {
        return unbound.contains(grant) && !knowsBound(grant, within) && !knowsOver(grant, within);
    }

    /** Whether this controller has known for that long that the launch has the grant. */
    boolean knowsBound(UUID grant, Duration time) {
        return isBefore(boundSince.get(grant), time);
    }

    /** Whether this controller has known for that long that the grant has ended or is suspended. */
    boolean knowsOver(UUID grant, Duration time) {
        return isBefore(overSince.get(grant), time);
    }

    private boolean isBefore(Instant since, Duration time) {
        return since != null && since.plus(time).isBefore(scheduler.now());
    }

    void sawEnd(TaskContainer launch) {
        endsSeen.putIfAbsent(launch, scheduler.now());
    }

    /** Whether this controller has learned that a launch has ended, after this time. */
    boolean sawEnd(TaskContainer launch, Instant after) {
        return Optional.ofNullable(endsSeen.get(launch)).filter(after::isBefore).isPresent();
    }

    /** Whether this controller has read that the launch has the grant. */
    boolean hasReadBinding(UUID grant) {
        return Optional.ofNullable(boundSince.get(grant)).isPresent();
    }
}
