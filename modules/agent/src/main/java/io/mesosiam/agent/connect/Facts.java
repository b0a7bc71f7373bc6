package io.mesosiam.agent.connect;

import static io.mesosiam.agent.kernel.Instructions.Register.R1;
import static io.mesosiam.agent.kernel.Instructions.Register.R2;
import static io.mesosiam.agent.kernel.Instructions.Register.STACK_END;

import io.mesosiam.agent.kernel.Instructions;
import io.mesosiam.agent.kernel.KernelMap;
import java.io.IOException;

/** The numbers that agent and programs share, in a table of the kernel. */
record Facts(KernelMap table) {
    /** How many connections were refused. */
    static final int REFUSED = 0;

    /** The cgroup whose connection was refused last; 0 for none. */
    static final int LAST = 1;

    /** The id of the first of the cgroups below which containers are, on cgroups v2; missing until it is known. */
    static final int FIRST_ROOT = 2;

    private static final int KEY = -24;
    private static final int MAP_LOOKUP_ELEM = 1;

    /** @param roots the most of those cgroups */
    static Facts create(int roots) throws IOException {
        Facts facts = new Facts(KernelMap.create(FIRST_ROOT + roots));
        try {
            facts.table.put(REFUSED, 0);
            facts.table.put(LAST, 0);
            return facts;
        } catch (IOException e) {
            facts.table.close();
            throw e;
        }
    }

    /** R0 is the address of a number then, or 0 if it is missing. Changes R1 to R5. */
    Instructions find(int number) {
        return new Instructions()
                .move(R1, number)
                .storeLong(STACK_END, KEY, R1)
                .loadMap(R1, table.descriptor())
                .move(R2, STACK_END)
                .add(R2, KEY)
                .call(MAP_LOOKUP_ELEM);
    }
}
