package io.mesosiam.agent.connect;

import static io.mesosiam.agent.kernel.Instructions.Register.R0;
import static io.mesosiam.agent.kernel.Instructions.Register.R1;
import static io.mesosiam.agent.kernel.Instructions.Register.R2;
import static io.mesosiam.agent.kernel.Instructions.Register.R3;
import static io.mesosiam.agent.kernel.Instructions.Register.R7;
import static io.mesosiam.agent.kernel.Instructions.Register.R8;
import static io.mesosiam.agent.kernel.Instructions.Register.STACK_END;

import io.mesosiam.agent.kernel.FreezerGroup;
import io.mesosiam.agent.kernel.Instructions;
import java.util.List;

/** Which processes are a container's, and which cgroups are theirs: their own, and that of the outermost container. */
sealed interface ContainerGroups {
    /**
     * Runs the instructions for a process of a container, whose cgroups' ids are then on the stack. Changes R0 to R8.
     *
     * @param outermost the place on the stack for the outermost container's
     * @param own the place for that of the process
     */
    Instructions forContainers(int outermost, int own, Instructions then);

    /**
     * On cgroups v1, the processes in any of the freezer's cgroups but its root.
     *
     * @param level how deep the cgroup of an outermost container is
     */
    record OfFreezer(FreezerGroup group, int level) implements ContainerGroups {
        @Override
        public Instructions forContainers(int outermost, int own, Instructions then) {
            return group.find()
                    .loadWord(R2, R1, group.level())
                    .unlessEqual(
                            R2,
                            0,
                            new Instructions()
                                    .move(R3, R1)
                                    .add(group.idOfFound())
                                    .storeLong(STACK_END, own, R1)
                                    .move(R1, R3)
                                    .add(group.upTo(level))
                                    .add(group.idOfFound())
                                    .storeLong(STACK_END, outermost, R1)
                                    .add(then));
        }
    }

    /**
     * On cgroups v2, those below certain cgroups.
     *
     * @param facts has the ids of these cgroups, which the kernel gives them when they are made
     * @param levels how deep each of these cgroups is, in the order of their keys; of several around a process the last counts
     */
    record BelowRoots(Facts facts, List<Integer> levels) implements ContainerGroups {
        private static final int GET_CURRENT_CGROUP_ID = 80;
        private static final int GET_CURRENT_ANCESTOR_CGROUP_ID = 123;

        @Override
        public Instructions forContainers(int outermost, int own, Instructions then) {
            Instructions code = new Instructions().move(R8, 0);
            for (int i = 0; i < levels.size(); i++) {
                code.add(facts.find(Facts.FIRST_ROOT + i))
                        .unlessEqual(
                                R0,
                                0,
                                new Instructions()
                                        .loadLong(R7, R0, 0)
                                        .move(R1, levels.get(i))
                                        .call(GET_CURRENT_ANCESTOR_CGROUP_ID)
                                        .ifSame(R0, R7, new Instructions().move(R8, levels.get(i) + 1)));
            }
            return code.unlessEqual(
                    R8,
                    0,
                    new Instructions()
                            .call(GET_CURRENT_CGROUP_ID)
                            .storeLong(STACK_END, own, R0)
                            .storeLong(STACK_END, outermost, R0)
                            .move(R1, R8)
                            .call(GET_CURRENT_ANCESTOR_CGROUP_ID)
                            // 0 for a process that is in the root itself
                            .unlessEqual(R0, 0, new Instructions().storeLong(STACK_END, outermost, R0))
                            .add(then));
        }
    }
}
