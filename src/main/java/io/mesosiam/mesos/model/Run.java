package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskKey;
import java.util.Optional;

/**
 * Bookkeeping for the latest launch of one {@link TaskKey}.
 *
 * @param unseen data from a lease row, until the master reports the task
 * @param lastEvent the model's version when an event last mentioned it; listings requested before that are ignored for it
 * @param absences number of consecutive counted listings in which it was missing
 * @param over its container, if the host's agent has observed the end of that
 * @param launchedAt the model's version when the leader was observed launching it; 0 if it wasn't, or if its Mesos agent may
 *     have reported it since
 */
record Run(
        Launch launch,
        Optional<KnownLaunch> unseen,
        long lastEvent,
        int absences,
        Optional<ContainerId> over,
        long launchedAt) {
    static Run of(Launch launch) {
        return new Run(launch, Optional.empty(), 0, 0, Optional.empty(), 0);
    }

    static Run ofRow(KnownLaunch known) {
        return new Run(known.launch(), Optional.of(known), 0, 0, Optional.empty(), 0);
    }

    Run withEvent(long version) {
        return new Run(launch, unseen, version, 0, over, launchedAt);
    }

    Run launchedAt(long version) {
        return new Run(launch, unseen, lastEvent, absences, over, version);
    }

    Run absent(int times) {
        return new Run(launch, unseen, lastEvent, times, over, launchedAt);
    }

    Run ended(TaskEnd reason) {
        return reason instanceof TaskEnd.ContainerEnded(ContainerId container)
                ? new Run(launch, unseen, lastEvent, absences, Optional.of(container), launchedAt)
                : this;
    }

    Run seen() {
        return unseen.isEmpty() ? this : new Run(launch, Optional.empty(), lastEvent, absences, over, launchedAt);
    }
}
