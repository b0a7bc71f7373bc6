package io.mesosiam.mesos.master;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.json.LeaderReaders;
import io.mesosiam.mesos.model.TaskCounts;
import java.net.URI;

/** Requests a leader's properties other than tasks: its identity, its enforcement flags and its task counts. */
final class LeaderProbe {
    private final MasterClient client;
    private final MesosConfig config;

    LeaderProbe(MasterClient client, MesosConfig config) {
        this.client = client;
        this.config = config;
    }

    /**
     * Returns the leader's term, from v1's GET_MASTER, or from the beginning of {@code /state} where GET_MASTER isn't
     * offered.
     */
    Leader leader(URI master) throws MasterFailure, InterruptedException {
        try {
            IdleTimeoutInputStream answer = client.call(master, "{\"type\":\"GET_MASTER\"}");
            return MasterClient.read(answer, config.maxRecordBytes(), LeaderReaders::master);
        } catch (MasterFailure e) {
            return switch (e.kind()) {
                case NOT_OFFERED, REFUSED, FORBIDDEN ->
                    MasterClient.read(
                            client.get(master, "/state"), config.maxSnapshotBytes(), LeaderReaders::headOfState);
                case UNAUTHORISED, NO_LEADER, UNAVAILABLE, MALFORMED, TOO_LARGE, REDIRECT_REFUSED -> throw e;
            };
        }
    }

    /**
     * Returns the enforcement flags; {@link Enforcement#UNKNOWN} where the master refuses to show them.
     *
     * @throws MasterFailure if they can't be read now; the previous value then stays valid
     */
    Enforcement enforcement(URI master) throws MasterFailure, InterruptedException {
        try {
            return MasterClient.read(client.get(master, "/flags"), config.maxRecordBytes(), LeaderReaders::flags);
        } catch (MasterFailure e) {
            return switch (e.kind()) {
                case FORBIDDEN, UNAUTHORISED, NOT_OFFERED, REFUSED -> Enforcement.UNKNOWN;
                case NO_LEADER, UNAVAILABLE, MALFORMED, TOO_LARGE, REDIRECT_REFUSED -> throw e;
            };
        }
    }

    /** Returns the gauges of live tasks. */
    TaskCounts counts(URI master) throws MasterFailure, InterruptedException {
        return MasterClient.read(
                client.get(master, "/metrics/snapshot"), config.maxSnapshotBytes(), LeaderReaders::metrics);
    }
}
