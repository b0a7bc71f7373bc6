package io.mesosiam.agent.maker;

import static io.mesosiam.agent.kernel.Instructions.Register.R0;
import static io.mesosiam.agent.kernel.Instructions.Register.R1;
import static io.mesosiam.agent.kernel.Instructions.Register.R2;
import static io.mesosiam.agent.kernel.Instructions.Register.R3;
import static io.mesosiam.agent.kernel.Instructions.Register.R4;
import static io.mesosiam.agent.kernel.Instructions.Register.R6;
import static io.mesosiam.agent.kernel.Instructions.Register.STACK_END;

import io.mesosiam.agent.kernel.FreezerGroup;
import io.mesosiam.agent.kernel.Instructions;
import io.mesosiam.agent.kernel.KernelMap;

/** The two programs of the kernel that fill and empty the table of makers. */
final class MakerPrograms {
    /** {@code bpf_sock.protocol} in linux/bpf.h. */
    private static final int PROTOCOL = 12;

    private static final int IPPROTO_TCP = 6;

    // functions of the kernel, by their numbers in linux/bpf.h
    private static final int MAP_UPDATE_ELEM = 2;
    private static final int MAP_DELETE_ELEM = 3;
    private static final int GET_SOCKET_COOKIE = 46;

    private static final int MAP_LOOKUP_ELEM = 1;

    private static final int KEY = -8;
    private static final int VALUE = -16;

    private MakerPrograms() {}

    /** {@code makers[cookie of the socket] = current->cgroups->subsys[freezer]->cgroup->kn->id}, for TCP. */
    static byte[] recording(KernelMap makers, FreezerGroup group) {
        return forTcp(new Instructions()
                .move(R1, R6)
                .call(GET_SOCKET_COOKIE)
                .storeLong(STACK_END, KEY, R0)
                .add(group.find())
                .add(group.idOfFound())
                .storeLong(STACK_END, VALUE, R1)
                .loadMap(R1, makers.descriptor())
                .move(R2, STACK_END)
                .add(R2, KEY)
                .move(R3, STACK_END)
                .add(R3, VALUE)
                .move(R4, 0)
                .call(MAP_UPDATE_ELEM)
                .unlessEqual(R0, 0, counting(makers)));
    }

    /** {@code makers[RecordedMakers.MISSED]++}. */
    private static Instructions counting(KernelMap makers) {
        return new Instructions()
                .move(R1, (int) RecordedMakers.MISSED)
                .storeLong(STACK_END, KEY, R1)
                .loadMap(R1, makers.descriptor())
                .move(R2, STACK_END)
                .add(R2, KEY)
                .call(MAP_LOOKUP_ELEM)
                .unlessEqual(R0, 0, new Instructions().move(R1, 1).addAtomically(R0, 0, R1));
    }

    static byte[] forgetting(KernelMap makers) {
        return forTcp(new Instructions()
                .move(R1, R6)
                .call(GET_SOCKET_COOKIE)
                .storeLong(STACK_END, KEY, R0)
                .loadMap(R1, makers.descriptor())
                .move(R2, STACK_END)
                .add(R2, KEY)
                .call(MAP_DELETE_ELEM));
    }

    /** 1 lets the process have its socket, in any case. */
    private static byte[] forTcp(Instructions then) {
        return new Instructions()
                .move(R6, R1)
                .loadWord(R0, R6, PROTOCOL)
                .ifEqual(R0, IPPROTO_TCP, then)
                .move(R0, 1)
                .exit()
                .bytes();
    }
}
