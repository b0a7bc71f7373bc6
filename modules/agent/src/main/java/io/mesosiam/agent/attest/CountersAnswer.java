package io.mesosiam.agent.attest;

/** What the kernel says about the bytes that passed a socket. */
sealed interface CountersAnswer {
    record Counted(TcpCounters counters) implements CountersAnswer {}

    /** This way of looking up sockets has no counters: {@code /proc}, and kernels before 4.19. */
    record NotCounted() implements CountersAnswer {}

    /** No such socket, or no answer in time. */
    record Failed(String reason) implements CountersAnswer {}
}
