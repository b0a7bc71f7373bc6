package io.mesosiam.ownership;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Maps from hosts, by Mesos agent id or by name, to state that is kept after their agents disconnect, bounded to the most recently
 * used hosts.
 */
public final class NewestHosts {
    /** Ten times the hosts of a large cluster. A restarted Mesos agent can get a new Mesos agent id. */
    static final int MAX_HOSTS = 50_000;

    private NewestHosts() {}

    /** Returns an empty thread-safe map that evicts the least recently used host. */
    public static <K, V> Map<K, V> map() {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MAX_HOSTS;
            }
        });
    }
}
