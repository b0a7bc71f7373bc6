package io.mesosiam.agent.attest;

/** The kernel's numbers for a TCP socket's state ({@code net/tcp_states.h}). */
final class TcpState {
    private static final int ESTABLISHED = 1;
    private static final int FIN_WAIT1 = 4;
    private static final int FIN_WAIT2 = 5;
    private static final int CLOSE_WAIT = 8;

    private TcpState() {}

    /**
     * Whether a process can still be reading from this socket. Not: listening, still connecting (that one would be a later socket
     * with the same ends), or over.
     */
    static boolean isConnected(int state) {
        return state == ESTABLISHED || state == FIN_WAIT1 || state == FIN_WAIT2 || state == CLOSE_WAIT;
    }
}
