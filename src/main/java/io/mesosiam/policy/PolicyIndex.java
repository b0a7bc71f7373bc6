package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.Task.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the policies that can matter for a task without evaluating the others. Immutable.
 *
 * <p>Each enabled policy is filed at one place: that of its selector which it shares with the fewest other policies. A
 * task looks at the places of its own values. A value that can't be compared or isn't known looks at every place of its
 * attribute. The cost of a look-up therefore depends on the task's values, not on the number of policies.
 */
final class PolicyIndex {
    private final Comparator<CompiledPolicy> order;
    /** The policies at each place, in order; those without a place are at the empty one. */
    private final Map<Optional<IndexKey>, List<CompiledPolicy>> places;

    /** The number of selectors of each place, by its hash code: those that share one can only be chosen less well. */
    private final Map<Integer, Integer> sharedBy;
    /** The lengths of the names' beginnings that have a place, of each attribute that has places. */
    private final Map<Attribute, NavigableSet<Integer>> lengths = new EnumMap<>(Attribute.class);

    /**
     * Creates an index without policies.
     *
     * @param order in which policies are returned
     */
    PolicyIndex(Comparator<CompiledPolicy> order) {
        this(order, Map.of(), Map.of());
    }

    private PolicyIndex(
            Comparator<CompiledPolicy> order,
            Map<Optional<IndexKey>, List<CompiledPolicy>> places,
            Map<Integer, Integer> sharedBy) {
        this.order = order;
        this.places = places;
        this.sharedBy = sharedBy;
        places.keySet().stream().flatMap(Optional::stream).forEach(key -> lengths.computeIfAbsent(
                        key.attribute(), _ -> new TreeSet<>())
                .add(key.length()));
    }

    /** The index with other policies. A policy in both stays where it is filed, also if another place has become better. */
    PolicyIndex with(Set<CompiledPolicy> removed, Set<CompiledPolicy> added) {
        Map<Integer, Integer> counts = new HashMap<>(sharedBy);
        removed.forEach(compiled -> keys(compiled).forEach(key -> counts.merge(key.hashCode(), -1, PolicyIndex::sum)));
        added.forEach(compiled -> keys(compiled).forEach(key -> counts.merge(key.hashCode(), 1, PolicyIndex::sum)));
        Map<Optional<IndexKey>, List<CompiledPolicy>> filed = added.stream()
                .filter(compiled -> compiled.policy().enabled())
                .collect(Collectors.groupingBy(compiled -> place(compiled, counts)));
        Set<Optional<IndexKey>> touched = new HashSet<>(filed.keySet());
        removed.forEach(compiled -> {
            touched.add(Optional.empty());
            keys(compiled).map(Optional::of).forEach(touched::add);
        });
        Map<Optional<IndexKey>, List<CompiledPolicy>> next = new HashMap<>(places);
        for (Optional<IndexKey> place : touched) {
            List<CompiledPolicy> there = Stream.concat(
                            places.getOrDefault(place, List.of()).stream()
                                    .filter(compiled -> !removed.contains(compiled)),
                            filed.getOrDefault(place, List.of()).stream())
                    .sorted(order)
                    .toList();
            if (there.isEmpty()) {
                next.remove(place);
            } else {
                next.put(place, there);
            }
        }
        return new PolicyIndex(order, next, counts);
    }

    /** Removes a count of zero. */
    private static @Nullable Integer sum(Integer count, Integer change) {
        int sum = count + change;
        return sum == 0 ? null : sum;
    }

    /** The attributes of Mesos agents are unknown after a failover, so they are used for want of another place only. */
    private static Optional<IndexKey> place(CompiledPolicy compiled, Map<Integer, Integer> sharedBy) {
        return keys(compiled)
                .min(Comparator.<IndexKey, Boolean>comparing(key -> key.attribute() == Attribute.AGENT_ATTRIBUTE)
                        .thenComparing(key -> sharedBy.getOrDefault(key.hashCode(), 0)));
    }

    private static Stream<IndexKey> keys(CompiledPolicy compiled) {
        return compiled.policy().selectors().stream().flatMap(selector -> IndexKey.of(selector).stream());
    }

    /** The policies that may match the task, and those that can't be evaluated for it, in order. */
    List<CompiledPolicy> candidates(Subject subject) {
        Set<CompiledPolicy> found = new LinkedHashSet<>();
        add(found, Optional.empty());
        exact(found, Attribute.FRAMEWORK_PRINCIPAL, subject.framework().flatMap(Framework::principal));
        exact(found, Attribute.FRAMEWORK_NAME, subject.framework().map(Framework::name));
        exact(found, Attribute.TASK_USER, new SubjectValues(subject).user());
        role(found, subject.task().role().value());
        prefixes(found, Attribute.TASK_NAME, Optional.of(subject.task().name()));
        prefixes(found, Attribute.IMAGE, subject.task().image());
        labels(found, subject.task().labels());
        attributes(found, subject.agent().map(MesosAgent::attributes));
        List<CompiledPolicy> candidates = new ArrayList<>(found);
        candidates.sort(order);
        return candidates;
    }

    private void exact(Set<CompiledPolicy> found, Attribute attribute, Optional<String> value) {
        if (value.isEmpty() || !lengths.containsKey(attribute)) {
            return;
        }
        if (MesosText.isReadable(value.get())) {
            add(found, IndexKey.exact(attribute, value.get()));
        } else {
            all(found, attribute);
        }
    }

    /** A Mesos role is covered by itself and by each of its ancestors. */
    private void role(Set<CompiledPolicy> found, String role) {
        if (!lengths.containsKey(Attribute.MESOS_ROLE)) {
            return;
        }
        add(found, IndexKey.exact(Attribute.MESOS_ROLE, role));
        for (int end = role.indexOf('/'); end >= 0; end = role.indexOf('/', end + 1)) {
            add(found, IndexKey.exact(Attribute.MESOS_ROLE, role.substring(0, end)));
        }
    }

    private void prefixes(Set<CompiledPolicy> found, Attribute attribute, Optional<String> value) {
        NavigableSet<Integer> ofAttribute = lengths.get(attribute);
        if (value.isEmpty() || ofAttribute == null) {
            return;
        }
        String text = value.get();
        if (MesosText.isReadable(text)) {
            ofAttribute
                    .headSet(text.length(), true)
                    .forEach(length -> add(found, IndexKey.exact(attribute, text.substring(0, length))));
        } else {
            all(found, attribute);
        }
    }

    private void labels(Set<CompiledPolicy> found, List<Label> labels) {
        if (!lengths.containsKey(Attribute.LABEL)) {
            return;
        }
        for (Label label : labels) {
            boolean readable = MesosText.isReadable(label.key())
                    && label.value().map(MesosText::isReadable).orElse(true);
            if (!readable) {
                all(found, Attribute.LABEL);
                return;
            }
            String key = label.key();
            either(found, IndexKey.label(key), label.value().map(value -> IndexKey.label(key, value)));
        }
    }

    private void attributes(Set<CompiledPolicy> found, Optional<Map<String, String>> attributes) {
        if (!lengths.containsKey(Attribute.AGENT_ATTRIBUTE)) {
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
                either(found, IndexKey.attribute(name), Optional.of(IndexKey.attribute(name, value)));
            }
        });
    }

    /** Adds the policies that want this value, and those for which the name is sufficient. */
    private void either(Set<CompiledPolicy> found, IndexKey any, Optional<IndexKey> exact) {
        add(found, any);
        exact.ifPresent(place -> add(found, place));
    }

    private void all(Set<CompiledPolicy> found, Attribute attribute) {
        places.keySet().stream()
                .filter(place ->
                        place.filter(key -> key.attribute() == attribute).isPresent())
                .forEach(place -> add(found, place));
    }

    private void add(Set<CompiledPolicy> found, IndexKey key) {
        add(found, Optional.of(key));
    }

    private void add(Set<CompiledPolicy> found, Optional<IndexKey> place) {
        found.addAll(places.getOrDefault(place, List.of()));
    }
}
