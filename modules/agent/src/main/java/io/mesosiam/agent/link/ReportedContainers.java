package io.mesosiam.agent.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The running containers as last reported to one controller. Each change is reported once. */
final class ReportedContainers {
    private final Supplier<Set<Container>> running;
    private final ContainerOwners owners;

    @GuardedBy("this")
    private Set<Container> reported = Set.of();

    ReportedContainers(Supplier<Set<Container>> running, ContainerOwners owners) {
        this.running = running;
        this.owners = owners;
    }

    /** All running containers, for a controller that knows none. */
    synchronized List<RunningContainer> all() {
        reported = Set.copyOf(running.get());
        return started(reported);
    }

    /** The changes since the last report; empty if there are none. */
    synchronized Optional<AgentMessage> change() {
        Set<Container> now = Set.copyOf(running.get());
        Set<Container> before = reported;
        if (now.equals(before)) {
            return Optional.empty();
        }
        reported = now;
        List<RunningContainer> started =
                started(now.stream().filter(c -> !before.contains(c)).toList());
        List<RunningContainer> ended = before.stream()
                .filter(c -> !now.contains(c))
                .map(container -> new RunningContainer(container.id(), container.startTicks()))
                .toList();
        return Optional.of(new AgentMessage.Containers(started, ended));
    }

    private List<RunningContainer> started(Collection<Container> containers) {
        ContainerOwners once = owners.once();
        return containers.stream()
                .map(container -> new RunningContainer(container.id(), container.startTicks(), once.of(container.id())))
                .toList();
    }
}
