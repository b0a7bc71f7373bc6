package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NewestHostsTest {
    @Test
    void leastRecentlyUsedHostIsForgotten() {
        Map<MesosAgentId, Long> hosts = NewestHosts.map();
        MesosAgentId first = new MesosAgentId("S-first");
        hosts.put(first, 7L);

        for (int i = 0; i < 2 * NewestHosts.MAX_HOSTS; i++) {
            long unused = hosts.merge(new MesosAgentId("S" + i), 1L, Math::max);
            assertThat(hosts.getOrDefault(first, 0L)).isEqualTo(7L);
        }

        assertThat(hosts).hasSize(NewestHosts.MAX_HOSTS).containsKey(first).doesNotContainKey(new MesosAgentId("S0"));
    }
}
