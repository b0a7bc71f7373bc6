package io.mesosiam.preview;

import io.mesosiam.policy.PolicyId;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The other policies that a finding concerns, of all tasks: the first of them by id. A thousand policies that conflict concern
 * a million others together. Not thread-safe.
 */
final class OtherPolicies {
    /** The most that are kept. */
    static final int MOST = 20;

    private static final Comparator<PolicyId> ORDER = Comparator.comparing(PolicyId::value);

    private final TreeSet<PolicyId> first = new TreeSet<>(ORDER);
    private int atLeast;

    /**
     * The first of the policies of one task, for {@link #add} to each of those that they concern.
     *
     * @return one more than are kept, because a policy is not among its own others
     */
    static List<PolicyId> first(Collection<PolicyId> ofTask) {
        return ofTask.stream().sorted(ORDER).limit(MOST + 1L).toList();
    }

    /**
     * Adds those of one task.
     *
     * @param some the first of them, and perhaps the policy itself
     * @param count how many there are without the policy itself
     */
    void add(PolicyId self, List<PolicyId> some, int count) {
        some.stream().filter(policy -> !policy.equals(self)).forEach(first::add);
        atLeast = Math.max(atLeast, Math.max(count, first.size()));
        while (first.size() > MOST) {
            first.removeLast();
        }
    }

    List<PolicyId> first() {
        return List.copyOf(first);
    }

    /** How many there are; at least so many if they are of several tasks and more than are kept. */
    int count() {
        return atLeast;
    }
}
