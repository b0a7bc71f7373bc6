package io.mesosiam.agent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CgroupMountTest {
    private static final String UNIFIED =
            "33 24 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot";
    private static final String HYBRID = "42 32 0:37 / /sys/fs/cgroup/unified rw shared:18 - cgroup2 cgroup2 rw";
    private static final String FREEZER = "36 32 0:33 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer";
    private static final String SHARED_HIERARCHY = "36 32 0:33 / /cg/df rw - cgroup cgroup rw,devices,freezer";
    private static final String NAMED = "37 32 0:34 / /cg/x rw - cgroup freezer rw,xattr,name=freezer";

    @Test
    void freezerIsPreferredToAnEmptyUnifiedHierarchy() {
        assertThat(CgroupMount.parse(HYBRID + "\n" + FREEZER + "\n"))
                .contains(new CgroupMount(CgroupVersion.V1, Path.of("/sys/fs/cgroup/freezer")));
        assertThat(CgroupMount.parse(SHARED_HIERARCHY)).contains(new CgroupMount(CgroupVersion.V1, Path.of("/cg/df")));
    }

    @Test
    void unifiedHierarchyIsUsedWithoutTheFreezer() {
        assertThat(CgroupMount.parse(NAMED + "\n" + UNIFIED))
                .contains(new CgroupMount(CgroupVersion.V2, Path.of("/sys/fs/cgroup")));
    }

    @Test
    void otherMountsAreIgnored() {
        assertThat(CgroupMount.parse("")).isEmpty();
        assertThat(CgroupMount.parse("22 1 0:20 / /proc rw - proc proc rw\n1 2 - x\n - cgroup2 a\nbroken"))
                .isEmpty();
    }

    /** A mount point may have any bytes; the text has one character for each. */
    @Test
    void otherMountsMayHaveAnyName() {
        String odd = "50 24 0:50 / /mnt/\0\u00ff\u00e9\r\u0085x rw - tmpfs none rw";

        assertThat(CgroupMount.parse(odd + "\n" + UNIFIED))
                .contains(new CgroupMount(CgroupVersion.V2, Path.of("/sys/fs/cgroup")));
    }

    @Test
    void hierarchyOfAControllerIsFoundAmongOtherControllers() {
        String shared = "44 32 0:39 / /cg/net rw - cgroup cgroup rw,net_cls,net_prio";

        assertThat(CgroupMount.ofController("net_cls", FREEZER + "\n" + shared)).contains(Path.of("/cg/net"));
        assertThat(CgroupMount.ofController("net_cls", UNIFIED + "\n" + NAMED)).isEmpty();
    }
}
