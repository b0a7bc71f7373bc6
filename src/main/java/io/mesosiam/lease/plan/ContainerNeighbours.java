package io.mesosiam.lease.plan;

import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.Launch;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The other running launches in a launch's container, with regard to one credential name. A request identifies a
 * container, not a task, so all tasks of a container are served the same session: one lease for each credential name.
 */
record ContainerNeighbours(NameView name) {
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

    /** Whether the neighbours are given a session with that identity. */
    Accord accord(String identityHash) {
        if (all().isEmpty()) {
            return Accord.AGREED;
        }
        List<Optional<Boolean>> answers = all().stream()
                .map(neighbour -> DesiredLease.agree(identityHash, desired(neighbour)))
                .toList();
        if (withdrawn().isPresent()) {
            return Accord.WITHDRAWN;
        }
        if (answers.contains(Optional.of(false))) {
            return Accord.DIFFERENT;
        }
        return answers.contains(Optional.<Boolean>empty()) ? Accord.OPEN : Accord.AGREED;
    }

    /** The wait of the name while a neighbour can't be compared. */
    LeaseAction.Wait waiting() {
        return name.waiting(WaitReason.OTHER_TASK_UNDECIDED, "another task of its container can't be decided yet");
    }

    /**
     * Returns the other launch that has the lease for all launches of the container. The launch whose lease is bound
     * has it, otherwise the first in order. Empty if this launch has the lease.
     */
    Optional<Launch> servedBy() {
        if (all().isEmpty()) {
            return Optional.empty();
        }
        Launch own = name.launch().launch();
        boolean ownIsBound = name.lease()
                .filter(kept -> kept.lease().container().isPresent())
                .isPresent();
        Stream<Launch> bound = all().stream()
                .filter(neighbour -> neighbour.bound().containsKey(name.name()))
                .map(LaunchView.Neighbour::launch);
        Comparator<Launch> order = Comparator.comparing(Launch::toString);
        return Stream.concat(ownIsBound ? Stream.of(own) : Stream.empty(), bound)
                .min(order)
                .or(() -> Stream.concat(Stream.of(own), all().stream().map(LaunchView.Neighbour::launch))
                        .min(order))
                .filter(server -> !server.equals(own));
    }

    /**
     * A neighbour that is given the same session as the launch.
     *
     * @param give what policy gives the neighbour, with the identity of the session
     */
    record Heir(Launch launch, DesiredLease.Give give) {}

    /** Returns the first neighbour if all neighbours are given a session with that identity. */
    Optional<Heir> heir(String identityHash) {
        if (accord(identityHash) != Accord.AGREED) {
            return Optional.empty();
        }
        return all().stream()
                .min(Comparator.comparing(neighbour -> neighbour.launch().toString()))
                .flatMap(first -> desired(first) instanceof DesiredLease.Give give
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
    Optional<WithdrawnNeighbour> withdrawn() {
        return all().stream()
                .flatMap(neighbour -> desired(neighbour) instanceof DesiredLease.Withdrawn withdrawn
                        ? Stream.of(new WithdrawnNeighbour(neighbour.launch(), withdrawn.by()))
                        : Stream.empty())
                .min(Comparator.comparing(neighbour -> neighbour.launch().toString()));
    }

    /** Returns the identity hash of the lease that a neighbour has bound to the container. */
    Optional<String> boundIdentity() {
        return all().stream()
                .flatMap(neighbour -> Optional.ofNullable(neighbour.bound().get(name.name())).stream())
                .findFirst();
    }

    private List<LaunchView.Neighbour> all() {
        return name.launch().neighbours();
    }

    private DesiredLease desired(LaunchView.Neighbour neighbour) {
        return neighbour.desired(name.name());
    }
}
