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
 */
record Run(Launch launch, Optional<KnownLaunch> unseen, long lastEvent, int absences, Optional<ContainerId> over) {
    static Run of(Launch launch) {
        return new Run(launch, Optional.empty(), 0, 0, Optional.empty());
    }

    Run withEvent(long version) {
        return new Run(launch, unseen, version, 0, over);
    }

    Run absent(int times) {
        return new Run(launch, unseen, lastEvent, times, over);
    }

    Run ended(TaskEnd reason) {
        return reason instanceof TaskEnd.ContainerEnded(ContainerId container)
                ? new Run(launch, unseen, lastEvent, absences, Optional.of(container))
                : this;
    }

    Run seen() {
        return unseen.isEmpty() ? this : new Run(launch, Optional.empty(), lastEvent, absences, over);
    }
}
