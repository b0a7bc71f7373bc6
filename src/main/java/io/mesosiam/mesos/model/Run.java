package io.mesosiam.mesos.model;

import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskKey;
import java.util.Optional;

/**
 * The bookkeeping of the latest launch of one {@link TaskKey}.
 *
 * @param unseen what a lease row says of it, until the master shows it
 * @param heard the model's version when an event last spoke of it; a listing asked for before that says nothing of it
 * @param absences in how many listings that count it was missing, one after the other
 */
record Run(Launch launch, Optional<KnownLaunch> unseen, long heard, int absences) {
    static Run of(Launch launch) {
        return new Run(launch, Optional.empty(), 0, 0);
    }

    Run heardAt(long version) {
        return new Run(launch, unseen, version, 0);
    }

    Run absent(int times) {
        return new Run(launch, unseen, heard, times);
    }

    Run seen() {
        return unseen.isEmpty() ? this : new Run(launch, Optional.empty(), heard, absences);
    }
}
