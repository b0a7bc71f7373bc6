package io.mesosiam.trial;

import java.io.IOException;

/** A host with containers that request credentials all the time. */
interface TrialHost extends AutoCloseable {
    String mesosAgentId();

    /** Starts the container of a task. */
    void start(TrialTask task) throws Exception;

    /** Ends the container of a task. */
    void end(TrialTask task) throws Exception;

    @Override
    void close() throws IOException;
}
