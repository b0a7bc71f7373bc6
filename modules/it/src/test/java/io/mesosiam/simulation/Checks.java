package io.mesosiam.simulation;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialBody;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.CredentialName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The rules that hold at every step, and those that hold once all faults have ended. */
final class Checks {
    private static final String ACCESS_KEY = "\"AccessKeyId\":\"";
    private static final String ROLE = "\"RoleArn\":\"";
    private static final Duration LEFT = Duration.ofMinutes(16);

    /** A frame that arrives later has lost its stream. */
    private static final Duration LATE = Duration.ofMinutes(2);

    private final Deployment deployment;
    private final Set<String> withdrawn = new HashSet<>();
    private final Map<Withdrawal, Instant> lifted = new HashMap<>();

    /** Whether all faults have ended, and everything is as it should be: no message takes what is to be served. */
    boolean calm;

    /** Whether all faults have ended long ago. */
    boolean strict;

    private long served;
    private long refused;
    private long unanswered;
    private long inside;
    private long granted;
    private long together;

    Checks(Deployment deployment) {
        this.deployment = deployment;
    }

    // ---- requests

    /** A container receives a session of its own task, of a role that policies give. */
    void served(Host host, Run run, CredentialName name, Answer.Lease lease) {
        served++;
        String body = body(lease);
        SessionIdentity identity = identity(body);
        String role = identity.role().arn();
        granted += deployment.grants.isOfGrant(role) ? 1 : 0;
        together += run.mayShare() ? 1 : 0;
        require(role.equals(lease.iamRoleArn()) && role.equals(find(ROLE, body)), () -> "another role: " + body);
        require(lease.containerId().equals(run.container.id()), () -> "another container: " + lease + " for " + run);
        require(
                deployment.policies.isShared(role)
                        || deployment.masters.in(run.container.id()).stream().anyMatch(each -> identity.sessionName()
                                .startsWith(each.key.task() + "@" + each.key.framework())),
                () -> "session of another task: " + identity + " for " + run);
        require(!host.evicted, () -> host + " is evicted, and serves " + lease + " to " + run);
        deployment
                .entitled
                .forbids(host, host.policies, run.container.id(), name, role)
                .ifPresent(why -> {
                    throw new Violation("served " + role + " as " + name + " to " + run + " on " + host + ": " + why);
                });
        if (strict) {
            require(
                    host.store.find(run.container.id(), name.value()) instanceof Answer.Lease now
                            && now.expiration()
                                    .isAfter(deployment.scheduler.now().plus(LEFT)),
                    () -> "less than " + LEFT + " left: " + lease.expiration() + " for " + run);
        }
    }

    private static String find(String key, String body) {
        int start = body.indexOf(key);
        if (start < 0) {
            throw new Violation("no " + key + " in " + body);
        }
        return body.substring(start + key.length(), body.indexOf('"', start + key.length()));
    }

    void refused(Host host, Run run, CredentialName name, Answer.Refusal refusal) {
        refused++;
        if (strict) {
            require(isUnserved(run, name), () -> "refused: " + run + " " + name + " " + refusal + " on " + host);
        }
    }

    void nothing(Host host, Run run, CredentialName name) {
        unanswered++;
        if (strict) {
            require(isUnserved(run, name), () -> "nothing to serve: " + run + " " + name + " on " + host);
        }
    }

    /** Whether nothing, or nothing yet, is to be served. */
    private boolean isUnserved(Run run, CredentialName name) {
        return deployment.entitled.decided(run.container.id(), name).isEmpty()
                || deployment.entitled.changes(run.container.id(), name);
    }

    /**
     * A container asks that is no task's own: it is served what the container around it is served, if that is a task's.
     *
     * @param runs whether the container around it still runs
     */
    void inside(Host host, Container around, boolean runs, CredentialName name, Answer answer) {
        Optional<Run> task = deployment.masters.in(around.id()).stream()
                .filter(run -> run.alive)
                .findFirst();
        if (answer instanceof Answer.Lease lease) {
            require(runs, () -> "served after the end of " + around + ": " + lease);
            require(lease.containerId().equals(around.id()), () -> "inside " + around + " but " + lease);
            inside++;
            task.ifPresent(run -> served(host, run, name, lease));
        } else if (strict) {
            task.ifPresent(run -> nothing(host, run, name));
        }
    }

    /** Remembers that a name of a container, and of later launches of its task, was withdrawn once. */
    void withdrawn(Run run, CredentialName name) {
        withdrawn.add(run.container.id() + " " + name);
        withdrawn.add(run.key + " " + name);
    }

    /** Remembers what a revocation takes from containers that are there, and from later launches of their tasks. */
    void withdrawn(Withdrawal revocation) {
        for (Run run : deployment.masters.runs) {
            for (CredentialName name : Policies.NAMES) {
                Optional<String> role = deployment.host(run.key.agent()).store.find(run.container.id(), name.value())
                                instanceof Answer.Lease lease
                        ? Optional.of(lease.iamRoleArn())
                        : Optional.empty();
                if (Entitled.covers(revocation, run, name, role)) {
                    withdrawn(run, name);
                }
            }
        }
    }

    /** A withdrawal doesn't stand any more; messages that it has caused can still arrive. */
    void lifted(Withdrawal withdrawal) {
        lifted.put(withdrawal, deployment.scheduler.now());
    }

    // ---- what a controller asks STS for

    /** STS is asked for no session of tasks all of whose hosts the controller has known to be evicted since before the call. */
    void called(ControllerNode by, SessionIdentity identity, Instant begun) {
        List<Run> tasks = deployment.masters.runs.stream()
                .filter(run -> deployment.policies.isShared(identity.role().arn())
                        || identity.sessionName().startsWith(run.key.task() + "@" + run.key.framework()))
                .toList();
        require(
                tasks.isEmpty() || tasks.stream().anyMatch(run -> !by.isEvictedSince(run.key.agent(), begun)),
                () -> by + " asks for " + identity + " of " + tasks + " on evicted hosts");
    }

    // ---- what a message takes away

    /**
     * @param now what is served instead. While policies conflict, the session that a host has of one controller can be replaced
     *     by that of another role which the next controller has given
     */
    void taken(
            Host host,
            Host.Place place,
            Answer.Lease lease,
            Optional<Answer.Lease> now,
            int floor,
            Stream from,
            Stream.Frame frame) {
        String container = place.container();
        CredentialName name = place.name();
        Optional<String> role = now.map(Answer.Lease::iamRoleArn);
        boolean isToBeServed = calm
                && deployment
                        .entitled
                        .decided(container, name)
                        .filter(lease.iamRoleArn()::equals)
                        .isPresent()
                && !deployment.entitled.changes(container, name);
        if (!isToBeServed
                && (withdrawn.contains(place.toString())
                        || deployment.masters.in(container).stream()
                                .anyMatch(run -> run.mayShare() && withdrawn.contains(run.key + " " + name))
                        || mayBeWithdrawn(host, from, container, name, lease.iamRoleArn())
                        || isUnlisted(host, container, from, frame)
                        || deployment.entitled.mayBeTaken(host, container, name, lease, role, floor))) {
            return;
        }
        throw new Violation("taken from a running task on " + host + ": " + place + " " + lease.iamRoleArn()
                + ", policies " + floor + " to " + deployment.policies.newest() + ", by " + frame.message());
    }

    /**
     * Whether a controller knows a withdrawal of the task: after it was lifted it can still be in force there, and messages can be
     * under way. While a controller can't decide about a task, a withdrawal of any task of the host may mean it.
     */
    private boolean mayBeWithdrawn(Host host, Stream from, String container, CredentialName name, String role) {
        Set<Withdrawal> known = new LinkedHashSet<>(from.controller.withdrawals());
        host.controller().ifPresent(controller -> known.addAll(controller.withdrawals()));
        lifted.forEach((each, since) -> {
            if (since.plus(LATE).isAfter(deployment.scheduler.now())) {
                known.add(each);
            }
        });
        return known.stream()
                .anyMatch(each -> each.agent().map(host.id::equals).orElse(true)
                        && each.name().map(name::equals).orElse(true)
                        && deployment.masters.in(container).stream()
                                .anyMatch(run -> Entitled.covers(each, run, name, Optional.of(role))
                                        || deployment.entitled.isUndecided(host, run)));
    }

    /**
     * Whether the controller that the agent connects to knows nothing of the container, neither from a master nor from the
     * hello: it has begun since the agent's last scan, and the controller takes it for an ended one (decision 83).
     */
    private boolean isUnlisted(Host host, String container, Stream from, Stream.Frame frame) {
        return frame.message() instanceof ControllerMessage.Sync
                && from.hello.orElseThrow().containers().stream()
                        .noneMatch(each -> each.containerId().equals(container))
                && deployment.masters.in(container).stream()
                        .allMatch(run -> deployment.entitled.isUndecided(host, run));
    }

    // ---- after all faults

    /** Everything is served, recorded and forgotten as it should be. */
    void converged() {
        Set<TaskContainer> alive = new HashSet<>();
        for (Run run : deployment.masters.runs) {
            if (run.alive) {
                alive.add(run.inContainer());
                Policies.NAMES.forEach(name -> checkServed(run, name));
            }
        }
        List<Lease> rows = deployment.database.noticed();
        for (Lease row : rows) {
            // one whose task ended unseen ends after the session that its agent may still hold
            boolean mayStay = !strict && row.state().isServed();
            require(
                    mayStay
                            || row.container()
                                    .map(in -> new TaskContainer(row.launch().key(), in))
                                    .map(in -> alive.contains(in) || countsAsRunning(in))
                                    .orElseGet(() -> isHeldBack(row)),
                    () -> "a row without a running task: " + row);
        }
        for (Host host : deployment.hosts) {
            ControllerNode controller = host.controller()
                    .filter(_ -> host.isConnected())
                    .orElseThrow(() -> new Violation(host + " is not connected"));
            require(controller.streams.serves(host.id), () -> controller + " does not serve " + host);
            // a controller learns that it has lost a host when it writes a row of it
            require(
                    deployment.database.owner(host.id).equals(Optional.of(controller.name))
                            || rows.stream().noneMatch(row -> row.host().equals(host.id)),
                    () -> host + " is served by " + controller + " and claimed by "
                            + deployment.database.owner(host.id));
            require(
                    host.policies == deployment.policies.newest(),
                    () -> host + " has version " + host.policies + " of the policies, not "
                            + deployment.policies.newest());
            Set<String> held =
                    host.store.held().stream().map(each -> each.leaseId()).collect(Collectors.toSet());
            require(
                    held.equals(ids(controller.live(), host)),
                    () -> host + " holds " + held + ", " + controller + " has " + ids(controller.live(), host));
            Set<String> recorded = ids(rows, host);
            // a session of a container that has ended may stay until it expires, while another controller ends its row
            Set<String> idle = strict ? Set.of() : ids(idle(controller, host), host);
            held.removeAll(idle);
            recorded.removeAll(idle);
            require(held.equals(recorded), () -> host + " holds " + held + ", the table has " + recorded);
            require(host.link.failures() == 0, () -> "unexpected failures of the agent on " + host);
        }
        deployment.grantChecks.converged();
        for (ControllerNode controller : deployment.controllers()) {
            require(controller.journal.backlog() == 0, () -> controller + " has entries to write");
            require(controller.journal.dropped() == 0, () -> controller + " has dropped entries");
            require(controller.journal.refusedRows() == 0, () -> "rows of " + controller + " were refused");
            require(
                    controller.reconciler.loop().failures() == 0,
                    () -> controller + " has failed: "
                            + controller.reconciler.loop().trouble());
            List<Launch> ended = controller.state().launches().values().stream()
                    .filter(each -> each.end().isPresent())
                    // until it expires, a session waits for the next stream of its host to be handed over to another
                    // task
                    .filter(each -> strict
                            || controller.streams.serves(each.launch().key().agent()))
                    .map(each -> each.launch())
                    .toList();
            require(ended.isEmpty(), () -> controller + " remembers ended launches " + ended);
        }
    }

    private boolean countsAsRunning(TaskContainer in) {
        return deployment
                .masters
                .run(in)
                .filter(deployment.entitled::countsAsRunning)
                .isPresent();
    }

    /**
     * Whether a lease has no container because it isn't decided whether another task of that container is given the same: it
     * got its session before its container was known, and keeps it (seed 129: grants of the other task conflict).
     */
    private boolean isHeldBack(Lease row) {
        return deployment.masters.runs.stream()
                .anyMatch(run -> run.alive
                        && run.mayShare()
                        && run.key.equals(row.launch().key())
                        && deployment
                                .entitled
                                .decided(run.container.id(), row.name())
                                .isEmpty());
    }

    private void checkServed(Run run, CredentialName name) {
        String container = run.container.id();
        Host host = deployment.host(run.key.agent());
        if (deployment.entitled.changes(container, name)) {
            return;
        }
        Optional<String> role = deployment.entitled.decided(container, name);
        Answer answer = host.store.find(container, name.value());
        if (role.isPresent()) {
            require(
                    answer instanceof Answer.Lease lease
                            && lease.iamRoleArn().equals(role.get())
                            && lease.containerId().equals(container)
                            && lease.expiration()
                                    .isAfter(deployment.scheduler.now().plus(LEFT)),
                    () -> run + " is not served " + role.get() + " as " + name + " but " + answer);
        } else if (answer instanceof Answer.Lease lease) {
            require(
                    deployment.entitled.mayStay(container, name, lease.iamRoleArn()),
                    () -> run + " is still served " + lease);
        }
    }

    private static List<Lease> idle(ControllerNode controller, Host host) {
        return controller.live().stream()
                .filter(lease -> lease.container()
                        .filter(in -> host.containers().contains(in.toString()))
                        .isEmpty())
                .toList();
    }

    private static Set<String> ids(List<Lease> leases, Host host) {
        return leases.stream()
                .filter(lease -> lease.host().equals(host.id) && lease.state().isServed())
                .map(lease -> lease.id().toString())
                .collect(Collectors.toSet());
    }

    /**
     * In {@code STAYS} of quiet, a session is renewed after 32 minutes at the earliest: no place needs more than three calls, however
     * many controllers there are. Tasks with one session have as many places.
     *
     * @param before the sessions of each name and role before that time
     */
    void renewedInTurn(Map<String, Integer> before) {
        Map<String, Integer> places = new HashMap<>();
        for (Run run : deployment.masters.runs) {
            for (CredentialName name : run.alive ? Policies.NAMES : List.<CredentialName>of()) {
                if (deployment.host(run.key.agent()).store.find(run.container.id(), name.value())
                        instanceof Answer.Lease lease) {
                    SessionIdentity identity = identity(body(lease));
                    places.merge(identity.sessionName() + " " + identity.role().arn(), 1, Integer::sum);
                }
            }
        }
        deployment.sts.issued().forEach((identity, calls) -> {
            int made = calls - before.getOrDefault(identity, 0);
            require(made <= 3 * places.getOrDefault(identity, 1), () -> made + " calls in quiet for " + identity);
        });
    }

    private static String body(Answer.Lease lease) {
        return new String(
                lease.body()
                        .copy(CredentialBody.Form.CONTAINER)
                        .orElseThrow(() -> new Violation("a zeroed session is served: " + lease)),
                StandardCharsets.UTF_8);
    }

    /** The identity of a session that is served. */
    SessionIdentity identity(Answer.Lease lease) {
        return identity(body(lease));
    }

    /** The process that requested a session that is served. */
    ControllerNode receiver(Answer.Lease lease) {
        return deployment.sts.receiver(find(ACCESS_KEY, body(lease)));
    }

    private SessionIdentity identity(String body) {
        return Optional.ofNullable(deployment.sts.of(find(ACCESS_KEY, body)))
                .orElseThrow(() -> new Violation("no session of STS: " + body));
    }

    private static void require(boolean holds, Supplier<String> otherwise) {
        Violation.unless(holds, otherwise);
    }

    String counts() {
        return "served=" + served + " refused=" + refused + " unanswered=" + unanswered
                + (inside + granted + together == 0
                        ? ""
                        : " inside=" + inside + " granted=" + granted + " together=" + together);
    }
}
