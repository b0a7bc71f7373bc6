package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.cgroup.ContainerGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which connections are counted together. */
class CallerSourceTest {
    private static List<ObservedContainer> members(long namespace, String... ids) {
        Path group = Path.of("/sys/fs/cgroup/mesos/any");
        return Stream.of(ids)
                .map(id -> new ObservedContainer(
                        new Container(id, 1),
                        new ContainerGroup(id, group, group, 1),
                        1,
                        namespace,
                        OptionalLong.empty()))
                .toList();
    }

    private static String source(long namespace, String... ids) {
        return CallerSource.ofNetwork(members(namespace, ids)).name();
    }

    /** Mesos gives nested containers networks of their own if their executor wants that. */
    @Test
    void networksOfContainersNestedInOneOutermostContainerAreOneSource() {
        assertThat(source(100, "pod/a"))
                .isEqualTo(source(200, "pod/b", "pod/b/c"))
                .isEqualTo(source(300, "pod"));
        assertThat(source(100, "pod/a"))
                .isEqualTo(CallerSource.ofContainer(new Container("pod", 1)).name());
        assertThat(source(100, "pod/a")).isNotEqualTo(source(100, "other"));
    }

    @Test
    void networkThatSeveralOutermostContainersShareIsOneSource() {
        assertThat(source(100, "one", "other")).isEqualTo(source(100, "other", "one"));
        assertThat(source(100, "one", "other")).isNotEqualTo(source(200, "one", "other"));
        assertThat(source(100, "one", "other")).isNotEqualTo(source(100, "one"));
    }
}
