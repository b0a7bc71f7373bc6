package io.mesosiam.policy.grant;

import io.mesosiam.mesos.TaskContainer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The tasks that some grants are for.
 *
 * @param names task ids, and values of the label that names a grant
 * @param holders the launches that the grants are bound to
 */
public record GrantedTasks(Set<String> names, Set<TaskContainer> holders) {
    public GrantedTasks {
        names = Set.copyOf(names);
        holders = Set.copyOf(holders);
    }

    /** Those of these grants. */
    public static GrantedTasks of(Collection<LaunchGrant> grants) {
        Set<String> names = new HashSet<>();
        Set<TaskContainer> holders = new HashSet<>();
        grants.forEach(grant -> {
            names.add(grant.taskId().orElseGet(() -> grant.id().toString()));
            grant.state().holder().ifPresent(holders::add);
        });
        return new GrantedTasks(names, holders);
    }
}
