package io.mesosiam.agent.kernel;

import static io.mesosiam.agent.kernel.Instructions.Register.R0;
import static io.mesosiam.agent.kernel.Instructions.Register.R1;
import static io.mesosiam.agent.kernel.Instructions.Register.R2;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a program of the kernel finds the freezer's cgroup of the process for which it runs, on cgroups v1: the offsets of
 * {@code current->cgroups->subsys[freezer]->cgroup->kn->id}, which differ between kernels. The kernel's verification
 * refuses offsets that don't fit.
 *
 * @param level of {@code cgroup.level}: 0 for the hierarchy's root
 * @param parent of {@code cgroup.self.parent}
 */
public record FreezerGroup(int cgroups, int freezer, int cgroup, int level, int parent, int node, int id) {
    /** Where a kernel with {@code CONFIG_DEBUG_INFO_BTF} describes its types. */
    public static final Path KERNEL_TYPES = KernelTypes.USUAL;

    private static @Nullable FreezerGroup ofKernel;

    /** Mesos nests two levels of cgroups for each container that is nested. */
    private static final int MOST_STEPS = 16;

    /** A function of the kernel, by its number in linux/bpf.h. */
    private static final int GET_CURRENT_TASK_BTF = 158;

    /** The offsets of the running kernel. They are read once, which takes milliseconds. */
    public static synchronized FreezerGroup ofKernel() throws IOException {
        FreezerGroup known = ofKernel;
        if (known == null) {
            known = read(KERNEL_TYPES);
            ofKernel = known;
        }
        return known;
    }

    /**
     * Reads the offsets.
     *
     * @param kernelTypes {@link #KERNEL_TYPES}
     * @throws IOException if this kernel describes no such types
     */
    public static FreezerGroup read(Path kernelTypes) throws IOException {
        try (KernelTypes types = KernelTypes.read(kernelTypes)) {
            return new FreezerGroup(
                    types.offset("task_struct", "cgroups"),
                    types.offset("css_set", "subsys") + Long.BYTES * types.constant("freezer_cgrp_id"),
                    types.offset("cgroup_subsys_state", "cgroup"),
                    types.offset("cgroup", "level"),
                    types.offset("cgroup", "self") + types.offset("cgroup_subsys_state", "parent"),
                    types.offset("cgroup", "kn"),
                    types.offset("kernfs_node", "id"));
        } catch (IndexOutOfBoundsException e) {
            throw new IOException(kernelTypes + " is damaged", e);
        }
    }

    /** Loads the cgroup into R1. Uses R0, and changes R2 to R5. */
    public Instructions find() {
        return new Instructions()
                .call(GET_CURRENT_TASK_BTF)
                .loadLong(R1, R0, cgroups)
                .loadLong(R1, R1, freezer)
                .loadLong(R1, R1, cgroup);
    }

    /** Replaces the cgroup in R1 by its ancestor at this level, from up to {@value #MOST_STEPS} levels below it. Changes R2. */
    public Instructions upTo(int most) {
        Instructions code = new Instructions().loadWord(R2, R1, level);
        for (int i = 0; i < MOST_STEPS; i++) {
            code.ifGreater(
                    R2,
                    most,
                    new Instructions()
                            .loadLong(R1, R1, parent)
                            .loadLong(R1, R1, cgroup)
                            .loadWord(R2, R1, level));
        }
        return code;
    }

    /** Replaces the cgroup in R1 by its id, which is its directory's inode. */
    public Instructions idOfFound() {
        return new Instructions().loadLong(R1, R1, node).loadLong(R1, R1, id);
    }
}
