package io.mesosiam.agent.connect;

import static io.mesosiam.agent.kernel.Instructions.Register.R0;
import static io.mesosiam.agent.kernel.Instructions.Register.R1;
import static io.mesosiam.agent.kernel.Instructions.Register.R2;
import static io.mesosiam.agent.kernel.Instructions.Register.R7;
import static io.mesosiam.agent.kernel.Instructions.Register.R8;
import static io.mesosiam.agent.kernel.Instructions.Register.STACK_END;

import io.mesosiam.agent.kernel.FreezerGroup;
import io.mesosiam.agent.kernel.Instructions;
import java.util.List;

/** Which processes are a container's, and which cgroup is theirs. */
sealed interface ContainerGroups {
    /**
     * Runs the instructions for a process of a container, whose cgroup's id is then on the stack. Changes R0 to R8.
     *
     * @param at the place on the stack
     */
    Instructions forContainers(int at, Instructions then);

    /** On cgroups v1, the processes in any of the freezer's cgroups but its root. */
    record OfFreezer(FreezerGroup group) implements ContainerGroups {
        @Override
        public Instructions forContainers(int at, Instructions then) {
            return group.find()
                    .loadWord(R2, R1, group.level())
                    .unlessEqual(
                            R2,
                            0,
                            group.idOfFound().storeLong(STACK_END, at, R1).add(then));
        }
    }

    /**
     * On cgroups v2, those below certain cgroups.
     *
     * @param facts has the ids of these cgroups, which the kernel gives them when they are made
     * @param levels how deep each of these cgroups is, in the order of their keys
     */
    record BelowRoots(Facts facts, List<Integer> levels) implements ContainerGroups {
        private static final int GET_CURRENT_CGROUP_ID = 80;
        private static final int GET_CURRENT_ANCESTOR_CGROUP_ID = 123;

        @Override
        public Instructions forContainers(int at, Instructions then) {
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
                                        .ifSame(R0, R7, new Instructions().move(R8, 1)));
            }
            return code.unlessEqual(
                    R8,
                    0,
                    new Instructions()
                            .call(GET_CURRENT_CGROUP_ID)
                            .storeLong(STACK_END, at, R0)
                            .add(then));
        }
    }
}
