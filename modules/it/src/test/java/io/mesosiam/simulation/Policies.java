package io.mesosiam.simulation;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The rows of the policy table in all their versions, and what each version gives by a rule that is simpler than the
 * product's.
 */
final class Policies {
    static final List<CredentialName> NAMES = List.of(CredentialName.DEFAULT, new CredentialName("logs"));
    private static final int ROWS = 7;

    private final Scheduler scheduler;
    private final boolean shares;
    private final List<List<Row>> versions = new ArrayList<>();
    private final List<PolicySet> sets = new ArrayList<>();

    /** @param role empty for a deny */
    private record Row(
            int number,
            Optional<FrameworkId> framework,
            String glob,
            CredentialName name,
            Optional<IamRole> role,
            int priority) {
        boolean matches(Run run) {
            return framework.map(run.key.framework()::equals).orElse(true)
                    && new Glob(glob).matches(run.key.task().value());
        }

        Policy policy(boolean shares) {
            List<Selector> selectors = new ArrayList<>();
            framework.ifPresent(id -> selectors.add(new Selector.FrameworkPrincipal(Masters.principal(id))));
            selectors.add(new Selector.TaskName(new Glob(glob)));
            return new Policy(
                    new PolicyId(new UUID(7, number)),
                    "/",
                    "p" + number,
                    true,
                    priority,
                    selectors,
                    role.<Rule>map(to -> new Rule.Allow(name, gift(to, shares && isShared(to))))
                            .orElseGet(() -> new Rule.Deny(Optional.of(name))));
        }
    }

    /** @param shares whether some roles have one session for all tasks that are given them */
    Policies(Scheduler scheduler, boolean shares) {
        this.scheduler = scheduler;
        this.shares = shares;
        List<Row> first = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            first.add(row(number));
        }
        add(first);
    }

    private static Entitlement gift(IamRole role, boolean shared) {
        Entitlement.Sharing sharing = shared ? Entitlement.Sharing.ROLE : Entitlement.Sharing.TASK;
        return Entitlement.of(role).with(draft -> draft.sharing = sharing);
    }

    private static boolean isShared(IamRole role) {
        return !role.arn().endsWith("r0");
    }

    /** Whether all tasks that are given this role have one session, so that they can share a container. */
    boolean isShared(String role) {
        return shares && role.contains("role/r") && isShared(new IamRole(role));
    }

    /** The newest version, from 1. */
    int newest() {
        return versions.size();
    }

    PolicySet set(int version) {
        return sets.get(version - 1);
    }

    /** Adds, replaces or deletes a row. */
    void change() {
        List<Row> rows = new ArrayList<>(versions.getLast());
        int number = scheduler.random.nextInt(ROWS);
        rows.removeIf(row -> row.number == number);
        if (!scheduler.oneIn(3)) {
            rows.add(row(number));
        }
        add(rows);
        scheduler.note(() -> "policies version " + newest() + " " + rows);
    }

    private void add(List<Row> rows) {
        versions.add(rows);
        sets.add(PolicySet.of(
                versions.size(), rows.stream().map(row -> row.policy(shares)).toList()));
    }

    private Row row(int number) {
        return new Row(
                number,
                scheduler.oneIn(2) ? Optional.empty() : Optional.of(scheduler.pick(Masters.FRAMEWORKS)),
                scheduler.pick(List.of("*", "*", "a*", "b*")),
                scheduler.pick(NAMES),
                scheduler.oneIn(6)
                        ? Optional.empty()
                        : Optional.of(new IamRole("arn:aws:iam::123456789012:role/r" + scheduler.random.nextInt(3))),
                scheduler.random.nextInt(3));
    }

    /**
     * The roles that a version gives. With a conflict these are the roles of all matching rows: a lease with one of them
     * stays.
     */
    Set<String> given(int version, Run run, CredentialName name) {
        List<Row> matching = versions.get(version - 1).stream()
                .filter(row -> row.name.equals(name) && row.matches(run))
                .toList();
        if (matching.stream().anyMatch(row -> row.role.isEmpty())) {
            return Set.of();
        }
        Set<String> top = top(matching);
        return top.size() <= 1 ? top : roles(matching);
    }

    /** Whether a version denies the name to a task. */
    boolean isDenied(int version, Run run, CredentialName name) {
        return versions.get(version - 1).stream()
                .anyMatch(row -> row.role.isEmpty() && row.name.equals(name) && row.matches(run));
    }

    /** The role that a version gives without a conflict. */
    Optional<String> decided(int version, Run run, CredentialName name) {
        Set<String> given = given(version, run, name);
        return given.size() == 1 && !isConflict(version, run, name)
                ? Optional.of(given.iterator().next())
                : Optional.empty();
    }

    boolean isConflict(int version, Run run, CredentialName name) {
        List<Row> matching = versions.get(version - 1).stream()
                .filter(row -> row.name.equals(name) && row.matches(run))
                .toList();
        return matching.stream().allMatch(row -> row.role.isPresent())
                && top(matching).size() > 1;
    }

    private static Set<String> top(List<Row> matching) {
        int highest = matching.stream()
                .map(Row::priority)
                .max(Comparator.naturalOrder())
                .orElse(0);
        return roles(matching.stream().filter(row -> row.priority == highest).toList());
    }

    private static Set<String> roles(List<Row> rows) {
        return rows.stream().flatMap(row -> row.role.stream()).map(IamRole::arn).collect(Collectors.toSet());
    }
}
