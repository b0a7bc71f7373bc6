package io.mesosiam.agent.attest;

import io.mesosiam.pause.Deadline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds the caller's socket, which determines the network namespace that the connection comes from.
 *
 * <p>The host's namespace comes first: a process in a container's namespace can't change the owner of a host's
 * connection by taking the host's address. Of the other namespaces, only those that have the source address are
 * queried.
 */
final class SocketFinder {
    private final SocketLookup host;

    SocketFinder(SocketLookup host) {
        this.host = host;
    }

    sealed interface Search {}

    /**
     * A located socket.
     *
     * @param members the containers of the namespace that it is in
     * @param onHost whether that is the host's namespace, which also has processes of no container
     */
    record Located(
            SocketAnswer.Found socket,
            SocketLookup lookup,
            InetSocketAddress source,
            InetSocketAddress destination,
            List<ObservedContainer> members,
            boolean onHost)
            implements Search {
        Located {
            members = List.copyOf(members);
        }

        /** Whether the two ends still belong to this socket. */
        boolean isStillThere(Deadline deadline) {
            return lookup.find(source, destination, deadline) instanceof SocketAnswer.Found now
                    && now.cookie() == socket.cookie();
        }
    }

    /** @param attestation may list this host's interfaces, which takes milliseconds on a host with many */
    record NotLocated(Supplier<Attestation> attestation) implements Search {}

    /** The caller of a connection that was just accepted. */
    record Reset() implements Search {}

    Search find(Caller caller, HostView view, Deadline deadline) {
        return find(caller, view, () -> host.find(caller.source(), caller.destination(), deadline), deadline);
    }

    /** As {@link #find}, and {@link Reset} if this process's end is not connected any more. */
    Search findAccepted(Caller caller, HostView view, Deadline deadline) {
        return find(caller, view, () -> host.findCaller(caller, deadline), deadline);
    }

    private Search find(Caller caller, HostView view, Supplier<SocketAnswer> onHost, Deadline deadline) {
        InetAddress address = caller.source().getAddress();
        if (address == null || address.isAnyLocalAddress() || address.isMulticastAddress()) {
            return new NotLocated(() -> new Attestation.NoContainer("the source is no unicast address"));
        }
        Trial trial = new Trial(caller.source(), caller.destination());
        trial.add(onHost.get(), host, view.onHostNetwork(), true);
        if (trial.reset) {
            return new Reset();
        }
        if (trial.found.isEmpty() && trial.failure.isEmpty()) {
            for (NetworkNamespace namespace : view.namespacesWith(address)) {
                trial.add(
                        namespace.sockets().find(caller.source(), caller.destination(), deadline),
                        namespace.sockets(),
                        namespace.members(),
                        false);
            }
        }
        if (trial.failure.isPresent() && isCutShort(deadline)) {
            // a namespace that was not queried may have a socket with these ends, too
            return new NotLocated(() -> new Attestation.Unknown(trial.failure.get()));
        }
        return switch (trial.found.size()) {
            case 0 -> new NotLocated(() -> notFound(trial.failure, address, view, deadline));
            case 1 -> trial.found.getFirst();
            default ->
                new NotLocated(() -> new Attestation.Ambiguous(
                        trial.found.size() + " sockets have the ends of this connection, source " + address));
        };
    }

    /** Whether a search for this caller may read files. */
    boolean readsFiles(Caller caller, HostView view) {
        InetAddress address = caller.source().getAddress();
        return host.readsFiles()
                || (address != null
                        && view.namespacesWith(address).stream()
                                .anyMatch(namespace -> namespace.sockets().readsFiles()));
    }

    private static boolean isCutShort(Deadline deadline) {
        return deadline.isOver() || Thread.currentThread().isInterrupted();
    }

    private static Attestation notFound(
            Optional<String> failure, InetAddress address, HostView view, Deadline deadline) {
        if (failure.isPresent()) {
            return new Attestation.Unknown(failure.get());
        }
        if (deadline.isOver()) {
            return new Attestation.Unknown("this host's addresses were not read in time, source " + address);
        }
        if (!view.namespacesWith(address).isEmpty() || isHosts(address)) {
            return new Attestation.Unknown("the caller's socket is gone, source " + address);
        }
        String reason = "the source is no address of this host or of its containers: " + address;
        return view.hasWaitingNetwork()
                ? new Attestation.Unknown(reason + ", but a container with a network of its own waits")
                : new Attestation.NoContainer(reason);
    }

    private static boolean isHosts(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true; // leads to the answer "unknown", the weaker one
        }
    }

    /** Collects the answers of the namespaces. */
    private static final class Trial {
        private final InetSocketAddress source;
        private final InetSocketAddress destination;
        private final List<Located> found = new ArrayList<>(1);
        private Optional<String> failure = Optional.empty();
        private boolean reset;

        Trial(InetSocketAddress source, InetSocketAddress destination) {
            this.source = source;
            this.destination = destination;
        }

        void add(SocketAnswer answer, SocketLookup lookup, List<ObservedContainer> members, boolean onHost) {
            switch (answer) {
                case SocketAnswer.Found socket ->
                    found.add(new Located(socket, lookup, source, destination, members, onHost));
                case SocketAnswer.Reset() -> reset = true;
                case SocketAnswer.Absent() -> {}
                case SocketAnswer.Failed(String reason) -> failure = Optional.of(reason);
            }
        }
    }
}
