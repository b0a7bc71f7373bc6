package io.mesosiam.agent.serve;

/** The line to the controller, for containers that nothing is here for. */
@FunctionalInterface
public interface LeaseRequester {
    /** Says that this container waits for credentials. Returns at once; asking again and again costs nothing. */
    void ask(String containerId, String name);
}
