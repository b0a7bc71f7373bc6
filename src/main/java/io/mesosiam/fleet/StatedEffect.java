package io.mesosiam.fleet;

import io.mesosiam.lease.reconcile.PolicyEffect;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A {@link PolicyEffect} of bounded size: which version of the policies is in effect where, as one controller states it.
 *
 * @param confirmed how many hosts have confirmed which version last, newest version first; of more than 100 versions the
 *     older ones count as 0, so that no host counts for a version that it may not have confirmed
 * @param behind the 100 hosts with the lowest versions
 */
public record StatedEffect(long read, long decided, int undecided, List<Confirmed> confirmed, List<Host> behind) {
    /** Number of hosts that are named. */
    public static final int LISTED = 100;

    /** The order of {@link #behind}. */
    public static final Comparator<Host> LOWEST_FIRST =
            Comparator.comparingLong(Host::version).thenComparing(Host::mesosAgentId);

    /** A row with null in a list can't be read. */
    public StatedEffect {
        confirmed = List.copyOf(confirmed.stream().limit(LISTED + 1).toList());
        behind = List.copyOf(behind.stream().limit(LISTED).toList());
    }

    /** A version, 0 for none, and the number of hosts that have confirmed it last. */
    public record Confirmed(long version, long hosts) {}

    /** A host, and the version that it has confirmed last; 0 for none. */
    public record Host(String mesosAgentId, long version) {
        public Host {
            Objects.requireNonNull(mesosAgentId, "mesosAgentId");
        }
    }

    public static StatedEffect of(PolicyEffect effect) {
        List<Confirmed> counts = effect.hosts().values().stream()
                .collect(Collectors.groupingBy(version -> version, Collectors.counting()))
                .entrySet()
                .stream()
                .map(count -> new Confirmed(count.getKey(), count.getValue()))
                .sorted(Comparator.comparingLong(Confirmed::version).reversed())
                .toList();
        long older = counts.stream().skip(LISTED).mapToLong(Confirmed::hosts).sum();
        return new StatedEffect(
                effect.read(),
                effect.decided(),
                effect.undecided(),
                Stream.concat(
                                counts.stream().limit(LISTED),
                                older == 0 ? Stream.empty() : Stream.of(new Confirmed(0, older)))
                        .toList(),
                effect.hosts().entrySet().stream()
                        .map(host -> new Host(host.getKey().value(), host.getValue()))
                        .sorted(LOWEST_FIRST)
                        .toList());
    }

    /** Number of hosts whose agents are connected to the controller. */
    public long hosts() {
        return inEffect(0);
    }

    /** Number of hosts on which a version, or a newer one, is in effect. */
    public long inEffect(long version) {
        return confirmed.stream()
                .filter(each -> each.version() >= version)
                .mapToLong(Confirmed::hosts)
                .sum();
    }
}
