package io.mesosiam.api.sight;

import io.mesosiam.lease.Lease;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.RoleGrant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a caller may know: the policies and launch grants of the namespaces of its roles and of those below, the leases that these give, and
 * the tasks that these concern. A policy that is deleted or can't be used belongs to no namespace, so it is known only with a
 * role in {@code /}. Nothing is made of the policies in advance: there is one for each request, also while it waits.
 */
public final class Sight {
    /** In place of a policy that a caller may not know. */
    public static final String HIDDEN = "a policy outside your namespaces";

    /** In place of a launch grant that a caller may not know. */
    public static final String HIDDEN_GRANT = "a grant outside your namespaces";

    private final Predicate<String> namespaces;
    private final boolean everything;
    private final PolicySet set;

    private Sight(Predicate<String> namespaces, PolicySet set) {
        this.namespaces = namespaces;
        this.everything = namespaces.test(RoleGrant.EVERYWHERE);
        this.set = set;
    }

    /** What this caller may know of these policies. */
    public static Sight of(Caller caller, PolicySet set) {
        return new Sight(caller::sees, set);
    }

    /** All of these policies. */
    public static Sight everything(PolicySet set) {
        return new Sight(_ -> true, set);
    }

    /** Whether the caller has a role in every namespace. */
    public boolean everything() {
        return everything;
    }

    /** The policies that the caller sees, alone. */
    public PolicySet.Selection policies() {
        return set.only(this::sees);
    }

    public boolean sees(Policy policy) {
        return namespaces.test(policy.namespace());
    }

    public boolean sees(PolicyId policy) {
        return everything
                || set.policy(policy)
                        .or(() -> set.grants().find(policy))
                        .filter(this::sees)
                        .isPresent();
    }

    public boolean sees(Lease lease) {
        return sees(lease.policy());
    }

    /**
     * Whether a task is the caller's business: one of its policies matches the task or can't be evaluated for it, or has given
     * it a lease.
     *
     * @param leased the launches of the leases that the caller sees
     */
    public boolean sees(LaunchedTask task, ClusterState state, Set<Launch> leased) {
        return everything || leased.contains(task.launch()) || policies().concerns(Subject.of(task, state));
    }

    /** The launches of the leases that the caller sees. */
    public Set<Launch> leased(Collection<Lease> leases) {
        return leases.stream().filter(this::sees).map(Lease::launch).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * A sentence that can contain what AWS said of a session.
     *
     * @param own whether the caller knows what gives the session
     */
    public String aboutSession(String text, boolean own) {
        return everything || own ? sentence(text) : "the session is of " + HIDDEN;
    }

    /**
     * A sentence about a decision or a lease, without the names and ids of policies and launch grants of other namespaces, of
     * other tasks of a container, and of the authors of withdrawals.
     */
    public String sentence(String text) {
        return sentence(text, Set.of());
    }

    /**
     * The same beside ids that the caller is shown.
     *
     * @param own the ids of policies and launch grants that it may know, also of deleted ones
     */
    public String sentence(String text, Set<UUID> own) {
        return everything
                ? text
                : PolicySentence.withoutOthers(PolicySentence.withoutIds(
                        PolicySentence.without(text, path -> namespaces.test(namespace(path))),
                        id -> own.contains(id.value()) || sees(id)));
    }

    private static String namespace(String path) {
        int last = path.lastIndexOf('/');
        return last <= 0 ? RoleGrant.EVERYWHERE : path.substring(0, last);
    }
}
