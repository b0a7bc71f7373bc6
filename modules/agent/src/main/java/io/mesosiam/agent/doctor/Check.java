package io.mesosiam.agent.doctor;

import java.util.List;

/** Checks one aspect of the host. */
@FunctionalInterface
public interface Check {
    /** Runs the check, which takes a few seconds at most. */
    List<Finding> findings();
}
