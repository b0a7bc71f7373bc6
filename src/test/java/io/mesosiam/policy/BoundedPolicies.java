package io.mesosiam.policy;

import io.mesosiam.mesos.MesosRole;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Creates policies in namespaces, and tasks, for tests of bounds. */
public final class BoundedPolicies {
    public static final String ROLE = "arn:aws:iam::123456789012:role/";

    private BoundedPolicies() {}

    public static Policy allow(String namespace, String name, Entitlement gift, Selector... selectors) {
        return in(namespace, Policies.allow(name, "default", 0, gift, selectors));
    }

    public static Policy denyAll(String namespace, String name, Selector... selectors) {
        return in(namespace, Policies.denyAll(name, selectors));
    }

    public static Policy in(String namespace, Policy policy) {
        return new Policy(
                policy.id(),
                namespace,
                policy.name(),
                policy.enabled(),
                policy.priority(),
                policy.selectors(),
                policy.rule());
    }

    public static Entitlement gift(String arn) {
        return Entitlement.of(new IamRole(arn));
    }

    public static Entitlement lasting(Entitlement gift, Duration ttl) {
        return gift.with(draft -> draft.leaseTtl = Optional.of(ttl));
    }

    public static Entitlement via(String hub, Entitlement gift) {
        return gift.with(draft -> draft.via = Optional.of(new IamRole(hub)));
    }

    public static Entitlement sensitive(Entitlement gift) {
        return Policies.sensitive(gift);
    }

    public static Selector principal(String principal) {
        return Policies.principal(principal);
    }

    public static Selector taskName(String glob) {
        return Policies.taskName(glob);
    }

    public static Selector mesosRole(String role) {
        return new Selector.UnderMesosRole(new MesosRole(role));
    }

    /** A task of principal {@code svc-web} with Mesos role {@code eng/data}. */
    public static Subject web() {
        return Subjects.web();
    }

    /** The same while it isn't known what Mesos enforces. */
    public static Subject beforeFlags() {
        return Subjects.unenforced();
    }

    public static Subject withoutFramework() {
        return Subjects.withoutFramework();
    }

    /** The task under another Mesos role. */
    public static Subject under(String mesosRole) {
        return subject(mesosRole, Optional.of("svc-web"));
    }

    /** The task with this Mesos role, of a framework that authenticated as this principal. */
    public static Subject subject(String mesosRole, Optional<String> principal) {
        Subject web = Subjects.web();
        var task = web.task();
        var framework = web.framework().orElseThrow();
        return new Subject(
                new io.mesosiam.mesos.Task(
                        task.key(),
                        task.name(),
                        new MesosRole(mesosRole),
                        task.user(),
                        task.executorId(),
                        task.image(),
                        task.labels(),
                        task.state(),
                        task.container()),
                Optional.of(new io.mesosiam.mesos.Framework(
                        framework.id(), framework.name(), principal, framework.user(), false)),
                web.agent(),
                true,
                web.enforcement());
    }

    public static List<AttributeTrust> trust(Attribute attribute) {
        return List.of(new AttributeTrust("svc-web", attribute, Optional.empty()));
    }
}
