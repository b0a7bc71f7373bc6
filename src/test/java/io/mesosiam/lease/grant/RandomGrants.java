package io.mesosiam.lease.grant;

import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.grant.LaunchGrant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Random launch grants, and labels of tasks that name them. */
final class RandomGrants {
    static final List<CredentialName> NAMES = List.of(CredentialName.DEFAULT, new CredentialName("extra"));

    private final Random random;
    private final GrantDeployment deployment;
    private final List<UUID> made = new ArrayList<>();

    RandomGrants(Random random, GrantDeployment deployment) {
        this.random = random;
        this.deployment = deployment;
    }

    /** A grant to a task id or to a label, which no launch has. */
    LaunchGrant next() {
        UUID id = new UUID(0xabcdL, made.size() + 1);
        made.add(id);
        Optional<String> task = random.nextInt(3) == 0 ? Optional.of("t" + random.nextInt(3)) : Optional.empty();
        List<Selector> selectors = new ArrayList<>();
        selectors.add(new Selector.FrameworkPrincipal("principal"));
        if (task.isEmpty() || random.nextInt(4) == 0) {
            selectors.add(new Selector.UnderMesosRole(new MesosRole("eng")));
        }
        if (task.isEmpty()) {
            selectors.add(LaunchGrant.label(id));
        }
        return new LaunchGrant(
                new Policy(
                        PolicyId.ofGrant(id),
                        GrantDeployment.NAMESPACE,
                        id.toString(),
                        true,
                        0,
                        selectors,
                        new Rule.Allow(NAMES.get(random.nextInt(5) / 4), entitlement())),
                task,
                new LaunchGrant.State.Unbound());
    }

    private Entitlement entitlement() {
        Entitlement usual = TestLaunches.entitlement(
                "granted-" + random.nextInt(3),
                Optional.empty(),
                Optional.empty(),
                Entitlement.Sharing.TASK,
                Entitlement.Prefetch.ALWAYS);
        return TestLaunches.granted(
                usual,
                random.nextInt(6) == 0,
                deployment
                        .clock
                        .instant()
                        .plus(Duration.ofMinutes(random.nextInt(3) == 0 ? random.nextInt(1, 60) : 600)));
    }

    /** Usually the newest grant or none; sometimes two, a copied one, or an id in another notation. */
    List<Label> labels() {
        List<Label> labels = new ArrayList<>();
        for (int i = List.of(0, 1, 1, 1, 1, 2).get(random.nextInt(6)); i > 0 && !made.isEmpty(); i--) {
            String id = named().toString();
            labels.add(new Label(
                    LaunchGrant.LABEL,
                    switch (random.nextInt(12)) {
                        case 0 -> Optional.of(id.toUpperCase(Locale.ROOT));
                        case 1 -> Optional.of(id + " ");
                        case 2 -> Optional.empty();
                        default -> Optional.of(id);
                    }));
        }
        return labels;
    }

    /** Sometimes a grant that another launch has. */
    private UUID named() {
        List<UUID> held = deployment.grants.all().stream()
                .filter(grant -> grant.taskId().isEmpty() && grant.state() instanceof LaunchGrant.State.Bound)
                .map(LaunchGrant::id)
                .toList();
        return switch (random.nextInt(6)) {
            case 0 -> made.get(random.nextInt(made.size()));
            case 1, 2 -> held.isEmpty() ? made.getLast() : held.get(random.nextInt(held.size()));
            default -> made.getLast();
        };
    }
}
