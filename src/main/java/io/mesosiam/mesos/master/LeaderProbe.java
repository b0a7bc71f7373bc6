package io.mesosiam.mesos.master;

import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Leader;
import io.mesosiam.mesos.model.TaskCounts;
import java.net.URI;

/** What is asked of a leader besides its tasks: who it is, what it enforces, how much it counts. */
final class LeaderProbe {
    private final MasterClient client;
    private final MesosConfig config;

    LeaderProbe(MasterClient client, MesosConfig config) {
        this.client = client;
        this.config = config;
    }

    /** Its reign: by v1's GET_MASTER, or by the head of {@code /state} where that isn't offered. */
    Leader leader(URI master) throws MasterFailure, InterruptedException {
        try {
            IdleTimeoutInputStream answer = client.call(master, "{\"type\":\"GET_MASTER\"}");
            return MasterJson.answer(answer, config.maxRecordBytes(), LeaderReaders::master);
        } catch (MasterFailure e) {
            return switch (e.kind()) {
                case NOT_OFFERED, REFUSED, FORBIDDEN ->
                    MasterJson.answer(
                            client.get(master, "/state"), config.maxSnapshotBytes(), LeaderReaders::headOfState);
                case UNAUTHORISED, NO_LEADER, UNAVAILABLE, MALFORMED, TOO_LARGE, REDIRECT_REFUSED -> throw e;
            };
        }
    }

    /**
     * What it enforces; {@link Enforcement#UNKNOWN} where that is refused.
     *
     * @throws MasterFailure if it can't be told now; then neither more nor less than before is to be believed
     */
    Enforcement enforcement(URI master) throws MasterFailure, InterruptedException {
        try {
            return MasterJson.answer(client.get(master, "/flags"), config.maxRecordBytes(), LeaderReaders::flags);
        } catch (MasterFailure e) {
            return switch (e.kind()) {
                case FORBIDDEN, UNAUTHORISED, NOT_OFFERED, REFUSED -> Enforcement.UNKNOWN;
                case NO_LEADER, UNAVAILABLE, MALFORMED, TOO_LARGE, REDIRECT_REFUSED -> throw e;
            };
        }
    }

    /** Its gauges of live tasks. */
    TaskCounts counts(URI master) throws MasterFailure, InterruptedException {
        return MasterJson.answer(
                client.get(master, "/metrics/snapshot"), config.maxSnapshotBytes(), LeaderReaders::metrics);
    }
}
