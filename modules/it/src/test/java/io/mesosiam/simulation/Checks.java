package io.mesosiam.simulation;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules that hold at every step, and those that hold once all faults have ended. */
final class Checks {
    private static final Pattern ACCESS_KEY = Pattern.compile("\"AccessKeyId\":\"([^\"]*)\"");
    private static final Pattern ROLE = Pattern.compile("\"RoleArn\":\"([^\"]*)\"");
    private static final Duration LEFT = Duration.ofMinutes(16);

    private final Deployment deployment;
    private final Map<String, Integer> withdrawn = new HashMap<>();

    /** Whether all faults have ended long ago. */
    boolean strict;

    private long served;
    private long refused;
    private long unanswered;

    Checks(Deployment deployment) {
        this.deployment = deployment;
    }

    // ---- requests

    /** A container receives a session of its own task, of a role that policies give. */
    void served(Host host, Run run, CredentialName name, Answer.Lease lease) {
        served++;
        String body = new String(
                lease.body()
                        .copy(CredentialBody.Form.CONTAINER)
                        .orElseThrow(() -> new Violation("a zeroed session is served to " + run)),
                StandardCharsets.UTF_8);
        SessionIdentity identity = Optional.ofNullable(deployment.sts.of(find(ACCESS_KEY, body)))
                .orElseThrow(() -> new Violation("no session of STS: " + body));
        String role = identity.role().arn();
        require(role.equals(lease.iamRoleArn()) && role.equals(find(ROLE, body)), "another role: " + body);
        require(lease.containerId().equals(run.container.id()), "another container: " + lease + " for " + run);
        require(
                identity.sessionName().startsWith(run.key.task() + "@" + run.key.framework()),
                "session of another task: " + identity + " for " + run);
        // while its controller can't decide about the task, a session stays that any version gave
        int from = isUndecided(host, run) ? 1 : host.policies;
        if (!isGiven(from, run, name, role)) {
            throw new Violation("no policy from version " + from + " to " + deployment.policies.newest() + " gives "
                    + role + " as " + name + " to " + run + " on " + host);
        }
        if (strict) {
            require(
                    host.store.find(run.container.id(), name.value()) instanceof Answer.Lease now
                            && now.expiration()
                                    .isAfter(deployment.scheduler.now().plus(LEFT)),
                    "less than " + LEFT + " left: " + lease.expiration() + " for " + run);
        }
    }

    private static String find(Pattern pattern, String body) {
        Matcher matcher = pattern.matcher(body);
        if (!matcher.find()) {
            throw new Violation("no " + pattern + " in " + body);
        }
        return matcher.group(1);
    }

    void refused(Host host, Run run, CredentialName name, Answer.Refusal refusal) {
        refused++;
        if (strict) {
            require(decided(run, name).isEmpty(), "refused: " + run + " " + name + " " + refusal + " on " + host);
        }
    }

    void nothing(Host host, Run run, CredentialName name) {
        unanswered++;
        if (strict) {
            require(decided(run, name).isEmpty(), "nothing to serve: " + run + " " + name + " on " + host);
        }
    }

    private Optional<String> decided(Run run, CredentialName name) {
        return isWithdrawn(run, name)
                ? Optional.empty()
                : deployment.policies.decided(deployment.policies.newest(), run, name);
    }

    private boolean isWithdrawn(Run run, CredentialName name) {
        return deployment.database.withdrawals.stream().anyMatch(each -> covers(each, run, name));
    }

    private static boolean covers(Withdrawal withdrawal, Run run, CredentialName name) {
        return withdrawal.task().equals(Optional.of(run.key.task()))
                && withdrawal.framework().equals(Optional.of(run.key.framework()))
                && withdrawal.agent().equals(Optional.of(run.key.agent()))
                && withdrawal.name().equals(Optional.of(name));
    }

    /** Remembers that a name of a container was withdrawn once. */
    void withdrawn(Run run, CredentialName name) {
        withdrawn.merge(run.container.id() + " " + name, 1, Integer::sum);
    }

    private boolean isGiven(int from, Run run, CredentialName name, String role) {
        for (int version = Math.max(1, from); version <= deployment.policies.newest(); version++) {
            if (deployment.policies.given(version, run, name).contains(role)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the host's controller can't decide about the task, because the master does not show it, its framework or its flags. */
    private boolean isUndecided(Host host, Run run) {
        return host.controller()
                .map(controller -> !controller.state().enforcement().known()
                        || controller.state().framework(run.key.framework()).isEmpty()
                        || controller.state().launches().values().stream()
                                .noneMatch(each -> each.end().isEmpty()
                                        && each.task().container().equals(Optional.of(run.containerId()))))
                .orElse(true);
    }

    // ---- what a message takes away

    /**
     * @param now what is served instead. While policies conflict, the session that a host has of one controller can be replaced
     *     by that of another role which the next controller has given
     */
    void taken(Host host, String place, Answer.Lease lease, Optional<Answer.Lease> now, int floor, Stream.Frame frame) {
        Run run = deployment.masters.runs.get(place.substring(0, place.indexOf(' ')));
        CredentialName name = new CredentialName(place.substring(place.indexOf(' ') + 1));
        if (withdrawn.containsKey(place) || mayBeWithdrawn(host, run, name)) {
            return;
        }
        for (int version = Math.max(1, floor); version <= deployment.policies.newest(); version++) {
            Set<String> given = deployment.policies.given(version, run, name);
            if (!given.contains(lease.iamRoleArn())
                    || now.filter(other -> given.contains(other.iamRoleArn())).isPresent()) {
                return;
            }
        }
        throw new Violation("taken from a running task on " + host + ": " + place + " " + lease.iamRoleArn()
                + ", policies " + floor + " to " + deployment.policies.newest() + ", by " + frame.message());
    }

    /** While a controller can't decide about a task, a withdrawal of any task of the host may mean it. */
    private boolean mayBeWithdrawn(Host host, Run run, CredentialName name) {
        return isUndecided(host, run)
                && host.controller().stream()
                        .flatMap(controller -> controller.withdrawals().stream())
                        .anyMatch(each -> each.agent().equals(Optional.of(host.id))
                                && each.name().equals(Optional.of(name)));
    }

    // ---- after all faults

    /** Everything is served, recorded and forgotten as it should be. */
    void converged() {
        Set<String> alive = new TreeSet<>();
        for (Run run : deployment.masters.runs.values()) {
            if (run.alive) {
                alive.add(run.container.id());
                Policies.NAMES.forEach(name -> checkServed(run, name));
            }
        }
        List<Lease> rows = deployment.database.live();
        for (Lease row : rows) {
            // one whose task ended unseen ends after the session that its agent may still hold
            boolean mayStay = !strict && row.state().isServed();
            require(
                    mayStay
                            || row.container()
                                    .map(id -> alive.contains(id.toString()))
                                    .orElse(false),
                    "a row without a running task: " + row);
        }
        for (Host host : deployment.hosts) {
            ControllerNode controller = host.controller()
                    .filter(_ -> host.isConnected())
                    .orElseThrow(() -> new Violation(host + " is not connected"));
            require(controller.streams.serves(host.id), controller + " does not serve " + host);
            // a controller learns that it has lost a host when it writes a row of it
            require(
                    deployment.database.owner(host.id).equals(Optional.of(controller.name))
                            || rows.stream().noneMatch(row -> row.host().equals(host.id)),
                    host + " is served by " + controller + " and claimed by " + deployment.database.owner(host.id));
            require(
                    host.policies == deployment.policies.newest(),
                    host + " has version " + host.policies + " of the policies, not " + deployment.policies.newest());
            Set<String> held =
                    host.store.held().stream().map(each -> each.leaseId()).collect(Collectors.toSet());
            require(
                    held.equals(ids(controller.live(), host)),
                    host + " holds " + held + ", " + controller + " has " + ids(controller.live(), host));
            Set<String> recorded = ids(rows, host);
            require(held.equals(recorded), host + " holds " + held + ", the table has " + recorded);
            require(host.link.failures() == 0, "unexpected failures of the agent on " + host);
        }
        for (ControllerNode controller : deployment.controllers()) {
            require(controller.journal.backlog() == 0, controller + " has entries to write");
            require(controller.journal.dropped() == 0, controller + " has dropped entries");
            require(controller.journal.refusedRows() == 0, "rows of " + controller + " were refused");
            require(
                    controller.reconciler.loop().failures() == 0,
                    controller + " has failed: " + controller.reconciler.loop().trouble());
            List<Launch> ended = controller.state().launches().values().stream()
                    .filter(each -> each.end().isPresent())
                    .map(each -> each.launch())
                    .toList();
            require(ended.isEmpty(), controller + " remembers ended launches " + ended);
        }
    }

    private void checkServed(Run run, CredentialName name) {
        Host host = deployment.host(run.key.agent());
        Optional<String> role = decided(run, name);
        Answer answer = host.store.find(run.container.id(), name.value());
        if (role.isPresent()) {
            require(
                    answer instanceof Answer.Lease lease
                            && lease.iamRoleArn().equals(role.get())
                            && lease.expiration()
                                    .isAfter(deployment.scheduler.now().plus(LEFT)),
                    run + " is not served " + role.get() + " as " + name + " but " + answer);
        } else if (answer instanceof Answer.Lease lease) {
            require(
                    !isWithdrawn(run, name)
                            && deployment
                                    .policies
                                    .given(deployment.policies.newest(), run, name)
                                    .contains(lease.iamRoleArn()),
                    run + " is still served " + lease);
        }
    }

    private static Set<String> ids(List<Lease> leases, Host host) {
        return leases.stream()
                .filter(lease -> lease.host().equals(host.id) && lease.state().isServed())
                .map(lease -> lease.id().toString())
                .collect(Collectors.toSet());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Violation(otherwise);
        }
    }

    String counts() {
        return "served=" + served + " refused=" + refused + " unanswered=" + unanswered;
    }
}
