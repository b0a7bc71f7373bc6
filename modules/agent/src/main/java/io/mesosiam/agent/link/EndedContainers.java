package io.mesosiam.agent.link;

import io.mesosiam.agent.attest.Container;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The containers that have ended on this host, newest {@value #MAX_ENDED}: several weeks' worth of one host's
 * containers. The lease store's lock guards it.
 */
final class EndedContainers {
    private static final int MAX_ENDED = 20_000;

    /** From id to the start time of the first process. */
    private final Map<String, Long> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_ENDED;
        }
    };

    boolean contains(Optional<String> containerId) {
        return containerId.filter(ended::containsKey).isPresent();
    }

    /** Notes changes. A container that reappears with its old start time was only missed by a scan. */
    void changed(List<Container> started, List<Container> nowEnded) {
        nowEnded.forEach(container -> ended.putIfAbsent(container.id(), container.startTicks()));
        started.forEach(container -> ended.remove(container.id(), container.startTicks()));
    }
}
