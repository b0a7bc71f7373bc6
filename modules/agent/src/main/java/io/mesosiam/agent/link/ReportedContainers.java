package io.mesosiam.agent.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The running containers as last reported to one controller. Each change is reported once. */
final class ReportedContainers {
    private final Supplier<Set<Container>> running;
    private final ContainerOwners owners;

    @GuardedBy("this")
    private Set<Container> reported = Set.of();

    /** The set from which {@link #reported} was made. */
    @GuardedBy("this")
    private @Nullable Set<Container> last;

    ReportedContainers(Supplier<Set<Container>> running, ContainerOwners owners) {
        this.running = running;
        this.owners = owners;
    }

    /** All running containers, for a controller that knows none. */
    synchronized List<RunningContainer> all() {
        Set<Container> now = running.get();
        last = now;
        reported = new LinkedHashSet<>(now);
        return started(reported);
    }

    /** The changes since the last report; empty if there are none. */
    synchronized Optional<AgentMessage> change() {
        Set<Container> latest = running.get();
        if (latest.equals(last)) {
            return Optional.empty();
        }
        last = latest;
        Set<Container> now = new LinkedHashSet<>(latest);
        Set<Container> before = reported;
        reported = now;
        List<RunningContainer> started =
                started(now.stream().filter(c -> !before.contains(c)).toList());
        List<RunningContainer> ended = before.stream()
                .filter(c -> !now.contains(c))
                .map(container -> new RunningContainer(container.id(), container.startTicks()))
                .toList();
        return started.isEmpty() && ended.isEmpty()
                ? Optional.empty()
                : Optional.of(new AgentMessage.Containers(started, ended));
    }

    private List<RunningContainer> started(Collection<Container> containers) {
        ContainerOwners once = owners.once();
        return containers.stream()
                .map(container -> new RunningContainer(container.id(), container.startTicks(), once.of(container.id())))
                .toList();
    }
}
