package io.mesosiam.lease.store;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps of what is remembered of hosts after their agents disconnected: of the hosts that were used last. */
public final class NewestHosts {
    /** Ten times the hosts of a large cluster. A host gets a new Mesos agent id when its Mesos agent starts anew. */
    static final int MAX_HOSTS = 50_000;

    private NewestHosts() {}

    /** An empty map for several threads; it forgets the host that was used least recently. */
    public static <V> Map<MesosAgentId, V> map() {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<MesosAgentId, V> eldest) {
                return size() > MAX_HOSTS;
            }
        });
    }
}
