package io.mesosiam.policy.grant;

import io.mesosiam.mesos.TaskContainer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The tasks that some grants are for, in the order in which they were given, which is the same in each process.
 *
 * @param names task ids, and values of the label that names a grant
 * @param holders the launches that the grants are bound to
 */
public record GrantedTasks(Set<String> names, Set<TaskContainer> holders) {
    public GrantedTasks {
        names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
        holders = Collections.unmodifiableSet(new LinkedHashSet<>(holders));
    }

    /** Those of these grants. */
    public static GrantedTasks of(Collection<LaunchGrant> grants) {
        Set<String> names = new LinkedHashSet<>();
        Set<TaskContainer> holders = new LinkedHashSet<>();
        grants.forEach(grant -> {
            names.add(grant.taskId().orElseGet(() -> grant.id().toString()));
            grant.state().holder().ifPresent(holders::add);
        });
        return new GrantedTasks(names, holders);
    }
}
