package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.Task.Label;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the policies that can matter for a task without evaluating the others. Immutable.
 *
 * <p>Each enabled policy is filed at one place: that of its selector which it shares with the fewest other policies. A
 * task looks at the places of its own values. A value that can't be compared or isn't known looks at every place of its
 * attribute. The cost of a look-up therefore depends on the task's values, not on the number of policies.
 */
final class PolicyIndex {
    private final List<CompiledPolicy> policies;
    private final Map<IndexKey, BitSet> places;
    private final Map<Attribute, BitSet> ofAttribute = new EnumMap<>(Attribute.class);
    private final Map<Attribute, NavigableSet<Integer>> prefixLengths = new EnumMap<>(Attribute.class);
    private final BitSet everywhere = new BitSet();

    /** @param policies in the order in which they are returned */
    PolicyIndex(List<CompiledPolicy> policies) {
        this.policies = List.copyOf(policies);
        Map<IndexKey, Long> sharedBy = this.policies.stream()
                .flatMap(compiled -> keys(compiled.policy()))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        this.places = new HashMap<>();
        for (int i = 0; i < this.policies.size(); i++) {
            if (this.policies.get(i).policy().enabled()) {
                file(i, place(this.policies.get(i).policy(), sharedBy));
            }
        }
    }

    /** The attributes of Mesos agents are unknown after a failover, so they are used for want of another place only. */
    private static Optional<IndexKey> place(Policy policy, Map<IndexKey, Long> sharedBy) {
        return keys(policy)
                .min(Comparator.<IndexKey, Boolean>comparing(key -> key.attribute() == Attribute.AGENT_ATTRIBUTE)
                        .thenComparing(key -> sharedBy.getOrDefault(key, 0L)));
    }

    private static Stream<IndexKey> keys(Policy policy) {
        return policy.selectors().stream().flatMap(selector -> IndexKey.of(selector).stream());
    }

    private void file(int position, Optional<IndexKey> place) {
        if (place.isEmpty()) {
            everywhere.set(position);
            return;
        }
        IndexKey key = place.get();
        places.computeIfAbsent(key, _ -> new BitSet()).set(position);
        ofAttribute.computeIfAbsent(key.attribute(), _ -> new BitSet()).set(position);
        if (key.attribute() == Attribute.TASK_NAME || key.attribute() == Attribute.IMAGE) {
            boolean _ = prefixLengths
                    .computeIfAbsent(key.attribute(), _ -> new TreeSet<>())
                    .add(key.length());
        }
    }

    /** The policies that may match the task, and those that can't be evaluated for it, in order. */
    List<CompiledPolicy> candidates(Subject subject) {
        BitSet found = (BitSet) everywhere.clone();
        exact(found, Attribute.FRAMEWORK_PRINCIPAL, subject.framework().flatMap(Framework::principal));
        exact(found, Attribute.FRAMEWORK_NAME, subject.framework().map(Framework::name));
        exact(found, Attribute.TASK_USER, new SubjectValues(subject).user());
        role(found, subject.task().role().value());
        prefixes(found, Attribute.TASK_NAME, Optional.of(subject.task().name()));
        prefixes(found, Attribute.IMAGE, subject.task().image());
        labels(found, subject.task().labels());
        attributes(found, subject.agent().map(MesosAgent::attributes));
        List<CompiledPolicy> candidates = new ArrayList<>(found.cardinality());
        for (int i = found.nextSetBit(0); i >= 0; i = found.nextSetBit(i + 1)) {
            candidates.add(policies.get(i));
        }
        return candidates;
    }

    private void exact(BitSet found, Attribute attribute, Optional<String> value) {
        if (value.isEmpty() || !ofAttribute.containsKey(attribute)) {
            return;
        }
        if (MesosText.isReadable(value.get())) {
            add(found, IndexKey.exact(attribute, value.get()));
        } else {
            all(found, attribute);
        }
    }

    /** A Mesos role is covered by itself and by each of its ancestors. */
    private void role(BitSet found, String role) {
        if (!ofAttribute.containsKey(Attribute.MESOS_ROLE)) {
            return;
        }
        add(found, IndexKey.exact(Attribute.MESOS_ROLE, role));
        for (int end = role.indexOf('/'); end >= 0; end = role.indexOf('/', end + 1)) {
            add(found, IndexKey.exact(Attribute.MESOS_ROLE, role.substring(0, end)));
        }
    }

    private void prefixes(BitSet found, Attribute attribute, Optional<String> value) {
        NavigableSet<Integer> lengths = prefixLengths.get(attribute);
        if (value.isEmpty() || lengths == null) {
            return;
        }
        String text = value.get();
        if (MesosText.isReadable(text)) {
            lengths.headSet(text.length(), true)
                    .forEach(length -> add(found, IndexKey.exact(attribute, text.substring(0, length))));
        } else {
            all(found, attribute);
        }
    }

    private void labels(BitSet found, List<Label> labels) {
        if (!ofAttribute.containsKey(Attribute.LABEL)) {
            return;
        }
        for (Label label : labels) {
            boolean readable = MesosText.isReadable(label.key())
                    && label.value().map(MesosText::isReadable).orElse(true);
            if (!readable) {
                all(found, Attribute.LABEL);
                return;
            }
            either(found, Attribute.LABEL, label.key(), label.value().map(value -> value));
        }
    }

    private void attributes(BitSet found, Optional<Map<String, String>> attributes) {
        if (!ofAttribute.containsKey(Attribute.AGENT_ATTRIBUTE)) {
            return;
        }
        if (attributes.isEmpty() || !attributes.get().keySet().stream().allMatch(MesosText::isReadable)) {
            all(found, Attribute.AGENT_ATTRIBUTE);
            return;
        }
        attributes.get().forEach((name, text) -> {
            AttributeValue value = AttributeValue.parse(text);
            if (!MesosText.isReadable(text) || value instanceof AttributeValue.Malformed) {
                all(found, Attribute.AGENT_ATTRIBUTE);
            } else {
                either(found, Attribute.AGENT_ATTRIBUTE, name, Optional.of(value));
            }
        });
    }

    /** Adds the policies that want this value, and those for which the name is sufficient. */
    private void either(BitSet found, Attribute attribute, String name, Optional<Object> value) {
        add(found, new IndexKey(attribute, name, Optional.empty()));
        if (value.isPresent()) {
            add(found, new IndexKey(attribute, name, value));
        }
    }

    private void all(BitSet found, Attribute attribute) {
        Optional.ofNullable(ofAttribute.get(attribute)).ifPresent(found::or);
    }

    private void add(BitSet found, IndexKey key) {
        BitSet place = places.get(key);
        if (place != null) {
            found.or(place);
        }
    }
}
