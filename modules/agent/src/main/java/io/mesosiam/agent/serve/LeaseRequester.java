package io.mesosiam.agent.serve;

/** Requests leases from the controller, for containers that have none on this host. */
@FunctionalInterface
public interface LeaseRequester {
    /** Requests a lease for this container. Returns at once; repeated requests cost nothing. */
    void requestLease(String containerId, String name);
}
