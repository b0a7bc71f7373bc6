package io.mesosiam.preview;

import io.mesosiam.lease.Lease;
import io.mesosiam.preview.Effect.Kind;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a change does to running tasks, the most harmful first: losses, changes, what is only kept, gains.
 *
 * @param touched number of running launches for which the policies before and after were compared
 */
public record Effects(List<Effect> effects, int touched) {
    private static final List<Kind> ORDER = List.of(Kind.LOSES, Kind.CHANGES, Kind.KEEPS, Kind.GAINS);

    public Effects {
        effects = effects.stream().map(Sorted::of).sorted().map(Sorted::effect).toList();
    }

    /** An effect with the values that it is sorted by, which are made once. */
    private record Sorted(Effect effect, int order, String launch) implements Comparable<Sorted> {
        private static final Comparator<Sorted> COMPARATOR = Comparator.comparingInt(Sorted::order)
                .thenComparing(Sorted::launch)
                .thenComparing(sorted -> sorted.effect().name().value());

        static Sorted of(Effect effect) {
            return new Sorted(
                    effect, ORDER.indexOf(effect.kind()), effect.launch().toString());
        }

        @Override
        public int compareTo(Sorted other) {
            return COMPARATOR.compare(this, other);
        }
    }

    /** The live leases that end. A lease that another one replaces ends too. */
    public List<Lease> ended() {
        return effects.stream().flatMap(effect -> effect.ends().stream()).toList();
    }

    /** The number of effects of each kind. */
    public Map<Kind, Long> count() {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        ORDER.forEach(kind -> counts.put(kind, 0L));
        effects.forEach(effect -> counts.merge(effect.kind(), 1L, Long::sum));
        return counts;
    }

    /** The number of credential names whose policies conflict after the change. */
    public long conflicts() {
        return effects.stream().filter(Effect::conflict).count();
    }
}
