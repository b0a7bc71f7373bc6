package io.mesosiam.api.task;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.reconcile.LaunchStanding;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What tasks on hosts of other controllers have, as these last wrote it to the table: leases alone. What names without a lease
 * wait for, and why containers are refused, is not in it. Not thread-safe.
 */
final class StoredStandings {
    private final LeaseRows rows;
    private final Set<MesosAgentId> elsewhere;
    private boolean isAway;

    /**
     * @param elsewhere the hosts of other controllers
     * @param isAway whether the database doesn't answer
     */
    StoredStandings(LeaseRows rows, Set<MesosAgentId> elsewhere, boolean isAway) {
        this.isAway = isAway;
        this.rows = rows;
        this.elsewhere = elsewhere;
    }

    /**
     * What these tasks have. Blocks if some are on hosts of other controllers: those have nothing if the database can't be read.
     *
     * @param here what tasks on this controller's hosts have
     */
    Function<Launch, LaunchStanding> with(Function<Launch, LaunchStanding> here, List<LaunchedTask> tasks) {
        Map<Launch, List<Lease>> leases =
                read(tasks.stream()
                                .map(LaunchedTask::launch)
                                .filter(this::isElsewhere)
                                .toList())
                        .stream()
                        .collect(groupingBy(Lease::launch));
        return launch -> isElsewhere(launch)
                ? new LaunchStanding(
                        false,
                        leases.getOrDefault(launch, List.of()).stream()
                                .collect(toMap(Lease::name, lease -> lease, (one, _) -> one)),
                        Map.of(),
                        Map.of())
                : here.apply(launch);
    }

    /** After a failure no further part waits for the database. */
    private List<Lease> read(List<Launch> launches) {
        if (isAway) {
            return List.of();
        }
        try {
            return rows.ofNewest(launches);
        } catch (IllegalStateException e) {
            isAway = true;
            return List.of();
        }
    }

    private boolean isElsewhere(Launch launch) {
        return elsewhere.contains(launch.key().agent());
    }
}
