package io.mesosiam.agent.connect;

import static io.mesosiam.agent.kernel.Instructions.Register.R0;
import static io.mesosiam.agent.kernel.Instructions.Register.R1;
import static io.mesosiam.agent.kernel.Instructions.Register.R2;
import static io.mesosiam.agent.kernel.Instructions.Register.R3;
import static io.mesosiam.agent.kernel.Instructions.Register.R4;
import static io.mesosiam.agent.kernel.Instructions.Register.R6;
import static io.mesosiam.agent.kernel.Instructions.Register.R7;
import static io.mesosiam.agent.kernel.Instructions.Register.STACK_END;

import io.mesosiam.agent.kernel.Instructions;
import io.mesosiam.agent.kernel.KernelMap;
import io.mesosiam.agent.kernel.SocketProgram.Event;

/**
 * The program of the kernel that runs when a socket is to connect: a token bucket for each outermost container's cgroup.
 * A bucket is the time at which it will be full again (as that of the agent's own rate), so that it needs no work while
 * nothing connects. Two processors at once may take one token too many; that is counted, and taken from those that follow.
 *
 * @param buckets by the cgroup's id; forgets those that were not used for a long time, which are full
 * @param burst connections at once of a full bucket
 */
record ConnectProgram(
        Destinations destinations,
        ContainerGroups containers,
        KernelMap buckets,
        Facts facts,
        int perSecond,
        int burst) {
    private static final int SECOND = 1_000_000_000;

    /** {@code bpf_sock_addr.type} in linux/bpf.h. */
    private static final int TYPE = 32;

    private static final int SOCK_STREAM = 1;

    // functions of the kernel, by their numbers in linux/bpf.h
    private static final int MAP_LOOKUP_ELEM = 1;
    private static final int MAP_UPDATE_ELEM = 2;
    private static final int KTIME_GET_NS = 5;

    private static final int GROUP = -8;
    private static final int VALUE = -16;
    private static final int OWN = -32;

    /** 1 lets the process connect. What connects to another port costs some ten instructions. */
    byte[] code(Event event) {
        return new Instructions()
                .move(R6, R1)
                .add(destinations.match(event))
                .unlessEqual(
                        R7,
                        0,
                        new Instructions()
                                .loadWord(R2, R6, TYPE)
                                .ifEqual(R2, SOCK_STREAM, containers.forContainers(GROUP, OWN, takeToken())))
                .move(R0, 1)
                .exit()
                .bytes();
    }

    private Instructions takeToken() {
        return new Instructions()
                .call(KTIME_GET_NS)
                .move(R6, R0)
                .loadMap(R1, buckets.descriptor())
                .move(R2, STACK_END)
                .add(R2, GROUP)
                .call(MAP_LOOKUP_ELEM)
                .ifEqual(R0, 0, first())
                .loadLong(R7, R0, 0)
                .ifGreater(R7, R6, fromUsedBucket())
                .add(R6, gap())
                .storeLong(R0, 0, R6);
    }

    /** A bucket that has no room is not stored: its connections are not limited. */
    private Instructions first() {
        return new Instructions()
                .add(R6, gap())
                .storeLong(STACK_END, VALUE, R6)
                .loadMap(R1, buckets.descriptor())
                .move(R2, STACK_END)
                .add(R2, GROUP)
                .move(R3, STACK_END)
                .add(R3, VALUE)
                .move(R4, 0)
                .call(MAP_UPDATE_ELEM)
                .move(R0, 1)
                .exit();
    }

    private Instructions fromUsedBucket() {
        return new Instructions()
                .subtract(R7, R6)
                .ifGreater(R7, (burst - 1) * gap(), refusal())
                .move(R1, gap())
                .addAtomically(R0, 0, R1)
                .move(R0, 1)
                .exit();
    }

    private Instructions refusal() {
        return facts.find(Facts.REFUSED)
                .unlessEqual(R0, 0, new Instructions().move(R1, 1).addAtomically(R0, 0, R1))
                .add(facts.find(Facts.LAST))
                .unlessEqual(
                        R0, 0, new Instructions().loadLong(R1, STACK_END, OWN).storeLong(R0, 0, R1))
                .move(R0, 0)
                .exit();
    }

    private int gap() {
        return SECOND / perSecond;
    }
}
