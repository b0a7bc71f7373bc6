package io.mesosiam.agent.doctor;

import java.util.List;

/** Looks at one thing. */
@FunctionalInterface
public interface Check {
    /** What was found, at least one finding; takes seconds at most. */
    List<Finding> findings();
}
