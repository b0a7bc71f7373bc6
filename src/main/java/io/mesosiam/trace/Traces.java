package io.mesosiam.trace;

import io.mesosiam.lease.LeaseSteps;
import java.net.URI;

/** Starts what traces leases, if a setting names a receiver. */
public final class Traces {
    private Traces() {}

    /**
     * What receives the steps of leases.
     *
     * @param version the controller's version
     * @param controllerId tells the controllers apart
     */
    public static LeaseSteps of(TraceConfig config, String version, String controllerId) {
        return config.endpoint()
                .map(URI::toString)
                .<LeaseSteps>map(endpoint -> ExportedTraces.to(endpoint, config.percent(), version, controllerId))
                .orElse(LeaseSteps.NONE);
    }

    /** Sends the spans that wait. */
    public static void close(LeaseSteps steps) {
        if (steps instanceof ExportedTraces exported) {
            exported.close();
        }
    }
}
