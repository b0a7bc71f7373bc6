package io.mesosiam.lease.plan;

import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The other running launches in a launch's container. A request identifies a container, not a task, so all tasks of a
 * container are served the same session: one lease for each credential name.
 */
public record ContainerNeighbours(LaunchView view) {
    /** Whether the neighbours may be served the same session. */
    enum Accord {
        AGREED,
        /** At least one neighbour can't be compared yet. */
        OPEN,
        /** At least one neighbour is given another session, or none. */
        DIFFERENT,
        /** A withdrawal covers at least one neighbour, independently of the policies. */
        WITHDRAWN
    }

    Accord accord(CredentialName name, DesiredLease.Give give) {
        return accord(name, give.hash());
    }

    /** Whether the neighbours are given a session with that identity. */
    Accord accord(CredentialName name, String identityHash) {
        List<Optional<Boolean>> answers = view.neighbours().stream()
                .map(neighbour -> DesiredLease.agree(identityHash, neighbour.desired(name)))
                .toList();
        if (withdrawn(name).isPresent()) {
            return Accord.WITHDRAWN;
        }
        if (answers.contains(Optional.of(false))) {
            return Accord.DIFFERENT;
        }
        return answers.contains(Optional.<Boolean>empty()) ? Accord.OPEN : Accord.AGREED;
    }

    /**
     * Returns the launch that has the lease for all launches of the container: one whose lease is bound, otherwise the
     * first in order. Empty without neighbours.
     */
    Optional<Launch> servedBy(CredentialName name) {
        if (view.neighbours().isEmpty()) {
            return Optional.empty();
        }
        Comparator<Launch> order = Comparator.comparing(Launch::toString);
        boolean boundHere = Optional.ofNullable(view.leases().get(name))
                .filter(kept -> kept.lease().container().isPresent())
                .isPresent();
        Stream<Launch> bound = view.neighbours().stream()
                .filter(neighbour -> neighbour.bound().containsKey(name))
                .map(LaunchView.Neighbour::launch);
        Stream<Launch> all = view.neighbours().stream().map(LaunchView.Neighbour::launch);
        return Stream.concat(boundHere ? Stream.of(view.launch()) : Stream.empty(), bound)
                .min(order)
                .or(() -> Stream.concat(Stream.of(view.launch()), all).min(order));
    }

    /**
     * A neighbour that is given the same session as the launch.
     *
     * @param give what policy gives the neighbour, with the identity of the session
     */
    public record Heir(Launch launch, DesiredLease.Give give) {}

    /** Returns the first neighbour if all neighbours are given a session with that identity. */
    Optional<Heir> heir(CredentialName name, String identityHash) {
        if (accord(name, identityHash) != Accord.AGREED) {
            return Optional.empty();
        }
        return view.neighbours().stream()
                .min(Comparator.comparing(neighbour -> neighbour.launch().toString()))
                .flatMap(first -> first.desired(name) instanceof DesiredLease.Give give
                        ? Optional.of(new Heir(first.launch(), give))
                        : Optional.empty());
    }

    /**
     * A neighbour that a withdrawal covers.
     *
     * @param by the withdrawal
     */
    record WithdrawnNeighbour(Launch launch, Withdrawal by) {
        /** Returns the withdrawal's reason, its author and its task, for operators. */
        String describe() {
            return by.describe() + ", withdrawn from " + launch + " in the same container";
        }
    }

    /** Returns the first neighbour that a withdrawal covers. */
    Optional<WithdrawnNeighbour> withdrawn(CredentialName name) {
        return view.neighbours().stream()
                .flatMap(neighbour -> neighbour.desired(name) instanceof DesiredLease.Withdrawn withdrawn
                        ? Stream.of(new WithdrawnNeighbour(neighbour.launch(), withdrawn.by()))
                        : Stream.empty())
                .min(Comparator.comparing(neighbour -> neighbour.launch().toString()));
    }

    /** Returns the identity hash of the lease that a neighbour has bound to the container. */
    Optional<String> boundIdentity(CredentialName name) {
        return view.neighbours().stream()
                .flatMap(neighbour -> Optional.ofNullable(neighbour.bound().get(name)).stream())
                .findFirst();
    }
}
