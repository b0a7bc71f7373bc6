package io.mesosiam.policy.cluster;

import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.SubjectValues;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides many tasks by one set of policies, once for all tasks that differ only in values which no policy compares.
 * The decisions are those of {@link PolicySet#outcomes}; which policies that don't match have a verdict can differ. Use it for one
 * pass over a cluster: it keeps an entry for each distinct task, and forgets all entries when they become too large together. Not
 * thread-safe.
 */
public final class DecisionMemo {
    /** A verdict and what belongs to it take some 100 bytes. Hundreds of policies can match each of a hundred thousand tasks. */
    private static final int MOST_VERDICTS = 200_000;

    private final PolicySet policies;
    private final Set<Attribute> compared = EnumSet.noneOf(Attribute.class);
    private final Set<String> labels;
    private final Set<String> agentAttributes;
    private final Map<Compared, Map<CredentialName, Decision>> decided = new HashMap<>();
    private final Set<Compared> once = new HashSet<>();
    private int size;

    public DecisionMemo(PolicySet policies) {
        this.policies = policies;
        List<Selector> selectors = policies.selectors();
        selectors.forEach(selector -> compared.add(selector.attribute()));
        if (policies.boundsMesosRoles()) {
            compared.add(Attribute.MESOS_ROLE);
        }
        this.labels = keys(selectors, Attribute.LABEL);
        this.agentAttributes = keys(selectors, Attribute.AGENT_ATTRIBUTE);
    }

    private static Set<String> keys(List<Selector> selectors, Attribute attribute) {
        return selectors.stream()
                .filter(selector -> selector.attribute() == attribute)
                .flatMap(selector -> selector.key().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The decisions for the task, as {@link PolicySet#outcomes} returns them. */
    public Map<CredentialName, Decision> decide(Subject subject) {
        if (!policies.grants().of(subject).isEmpty()) {
            return policies.outcomes(subject);
        }
        Compared task = compared(subject);
        return Optional.ofNullable(decided.get(task)).orElseGet(() -> {
            Map<CredentialName, Decision> decisions = policies.outcomes(subject);
            keep(task, decisions);
            return decisions;
        });
    }

    private void keep(Compared task, Map<CredentialName, Decision> decisions) {
        int more = size(decisions);
        if (size + more > MOST_VERDICTS) {
            decided.clear();
            size = 0;
        }
        decided.put(task, decisions);
        size += more;
    }

    /** The decisions of a task share what is evaluated. */
    private static int size(Map<CredentialName, Decision> decisions) {
        return decisions.size()
                + decisions.values().stream()
                        .mapToInt(decision -> decision.verdicts().size())
                        .max()
                        .orElse(0);
    }

    /**
     * Decides the task if none was given before that differs only in values which no policy compares; empty otherwise, and
     * then the decisions are the same. They aren't kept: those of all tasks by thousands of policies can take more memory than
     * a controller has. For policies without launch grants, which compare the launch.
     */
    public Optional<Map<CredentialName, Decision>> decideOnce(Subject subject) {
        return once.add(compared(subject)) ? Optional.of(policies.outcomes(subject)) : Optional.empty();
    }

    /** The number of tasks whose decisions are kept. */
    public int distinct() {
        return decided.size();
    }

    /**
     * Everything of a task on which a decision depends.
     *
     * @param principal also decides which attributes are trusted
     * @param agent the values that policies compare; empty if they aren't known
     */
    private record Compared(
            boolean witnessed,
            Enforcement enforcement,
            boolean visible,
            boolean disputed,
            Optional<String> principal,
            Optional<String> frameworkName,
            Optional<String> user,
            String role,
            String name,
            Optional<String> image,
            List<Label> labels,
            Optional<Map<String, String>> agent) {}

    private Compared compared(Subject subject) {
        Optional<Framework> framework = subject.framework();
        return new Compared(
                subject.witnessed(),
                subject.enforcement(),
                framework.isPresent(),
                framework.map(Framework::disputed).orElse(false),
                framework.flatMap(Framework::principal),
                framework.map(Framework::name).filter(_ -> compared.contains(Attribute.FRAMEWORK_NAME)),
                new SubjectValues(subject).user().filter(_ -> compared.contains(Attribute.TASK_USER)),
                compared.contains(Attribute.MESOS_ROLE) ? subject.task().role().value() : "",
                compared.contains(Attribute.TASK_NAME) ? subject.task().name() : "",
                subject.task().image().filter(_ -> compared.contains(Attribute.IMAGE)),
                compared.contains(Attribute.LABEL) ? labels(subject) : List.of(),
                compared.contains(Attribute.AGENT_ATTRIBUTE)
                        ? subject.agent().map(this::attributes)
                        : Optional.of(Map.of()));
    }

    /** A damaged key may be any key. */
    private List<Label> labels(Subject subject) {
        return subject.task().labels().stream()
                .filter(label -> labels.contains(label.key()) || !MesosText.isReadable(label.key()))
                .toList();
    }

    private Map<String, String> attributes(MesosAgent agent) {
        return agent.attributes().entrySet().stream()
                .filter(entry -> agentAttributes.contains(entry.getKey()) || !MesosText.isReadable(entry.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
