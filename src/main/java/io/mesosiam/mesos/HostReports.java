package io.mesosiam.mesos;

/**
 * Supplies what the hosts' agents report. The watch declares it and the stage that receives the reports implements it,
 * because only an agent knows whether a container that the master no longer lists still runs.
 */
@FunctionalInterface
public interface HostReports {
    /** The containers that run now, as an immutable snapshot. Returns at once and takes no lock. */
    RunningContainers running();
}
