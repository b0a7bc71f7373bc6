package io.mesosiam.agent.link;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.cgroup.ContainerPath;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The containers that have ended on this host. The lease store's lock guards it.
 *
 * <p>An executor chooses the ids of the containers nested in its own, and can end any number of them. So nested ones are
 * only kept until the outermost container around them ends, which stands for all of them from then on. Those in one
 * outermost container displace each other, and none in an outermost container with fewer.
 */
final class EndedContainers {
    /** Containers that are not nested, newest: several weeks' worth of one host's. */
    private static final int MAX_OUTERMOST = 20_000;

    /** The heap for nested ones, in bytes, about. */
    static final int MAX_NESTED = 2 << 20;

    /** The part of it that those in one outermost container may take: some 1,000 with ids of usual length. */
    private static final int MAX_IN_ONE = MAX_NESTED / 8;

    /** The heap that one takes beside the characters of its id. */
    private static final int ENTRY = 128;

    /** From id to the start time of the first process. */
    private final Map<String, Long> outermost = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_OUTERMOST;
        }
    };

    /** Ids of outermost containers that have ended and of later ones that run. */
    private final Set<String> reused = new HashSet<>();

    /** By the id of the outermost container around them, which runs. */
    private final Map<String, Nested> nested = new HashMap<>();

    /** The heap that these take, in bytes. */
    private int nestedBytes;

    /** The ended containers in one outermost container, newest. */
    private final class Nested {
        private final Map<String, Long> ended = new LinkedHashMap<>();
        private int bytes;

        void add(Container container) {
            if (ended.putIfAbsent(container.id(), container.startTicks()) == null) {
                takes(bytesOf(container.id()));
            }
            while (bytes > MAX_IN_ONE) {
                removeEldest();
            }
        }

        void remove(Container container) {
            if (ended.remove(container.id(), container.startTicks())) {
                takes(-bytesOf(container.id()));
            }
        }

        void removeEldest() {
            Iterator<String> eldest = ended.keySet().iterator();
            takes(-bytesOf(eldest.next()));
            eldest.remove();
        }

        void takes(int more) {
            bytes += more;
            nestedBytes += more;
        }
    }

    private static int bytesOf(String id) {
        return id.length() + ENTRY;
    }

    boolean contains(Optional<String> containerId) {
        return containerId.filter(this::contains).isPresent();
    }

    private boolean contains(String id) {
        if (outermost.containsKey(id)) {
            return true;
        }
        String around = ContainerPath.outermost(id);
        Nested inside = nested.get(around);
        return hasEnded(around) || (inside != null && inside.ended.containsKey(id));
    }

    /** Whether an outermost container has ended and none with its id runs. */
    private boolean hasEnded(String id) {
        return outermost.containsKey(id) && !reused.contains(id);
    }

    /** Notes changes. A container that reappears with its old start time was only missed by a scan. */
    void changed(List<Container> started, List<Container> nowEnded) {
        for (Container container : nowEnded) {
            if (!ContainerPath.isNested(container.id())) {
                outermost.putIfAbsent(container.id(), container.startTicks());
                reused.remove(container.id());
                Optional.ofNullable(nested.remove(container.id())).ifPresent(inside -> inside.takes(-inside.bytes));
            }
        }
        started.forEach(this::started);
        for (Container container : nowEnded) {
            String around = ContainerPath.outermost(container.id());
            if (ContainerPath.isNested(container.id()) && !hasEnded(around)) {
                nested.computeIfAbsent(around, _ -> new Nested()).add(container);
            }
        }
        while (nestedBytes > MAX_NESTED) {
            nested.values().stream()
                    .max(Comparator.comparingInt(inside -> inside.bytes))
                    .ifPresent(Nested::removeEldest);
        }
    }

    private void started(Container container) {
        if (ContainerPath.isNested(container.id())) {
            Nested inside = nested.get(ContainerPath.outermost(container.id()));
            if (inside != null) {
                inside.remove(container);
            }
        } else if (!outermost.remove(container.id(), container.startTicks()) && outermost.containsKey(container.id())) {
            reused.add(container.id());
        }
    }
}
