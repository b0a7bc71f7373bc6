package io.mesosiam.agent.attest;

/** The kernel's answer about the bytes that passed a socket. */
sealed interface CountersAnswer {
    record Counted(TcpCounters counters) implements CountersAnswer {}

    /** This kind of lookup has no counters: {@code /proc}, and kernels before 4.19. */
    record NotCounted() implements CountersAnswer {}

    /** There is no such socket, or no answer in time. */
    record Failed(String reason) implements CountersAnswer {}
}
