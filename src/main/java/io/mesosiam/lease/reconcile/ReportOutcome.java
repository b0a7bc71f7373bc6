package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.HostLoad;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskEnd;
import java.util.Map;

/**
 * The result of a host's report of containers.
 *
 * @param load the load of all reports of the host
 * @param ends proven ends that the host's agent observed; the master may not have reported them
 */
public record ReportOutcome(HostLoad load, Map<Launch, TaskEnd> ends) {}
