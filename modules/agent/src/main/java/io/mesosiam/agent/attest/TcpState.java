package io.mesosiam.agent.attest;

/** The kernel's numbers of a TCP socket's state ({@code net/tcp_states.h}). */
final class TcpState {
    private static final int ESTABLISHED = 1;
    private static final int FIN_WAIT1 = 4;
    private static final int FIN_WAIT2 = 5;
    private static final int CLOSE_WAIT = 8;

    private TcpState() {}

    /**
     * Whether a socket in this state can be the caller's end of a connection that the agent has not closed. In the
     * FIN_WAIT states the caller has sent its request and closed its direction. A socket that has received a FIN
     * (CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT) belongs to a connection that the agent closed earlier; a listening or
     * connecting socket has sent no request.
     */
    static boolean canBeCalling(int state) {
        return state == ESTABLISHED || state == FIN_WAIT1 || state == FIN_WAIT2;
    }

    /**
     * Whether a socket in this state can be the agent's end of a connection that it has accepted and not closed. The
     * caller may have closed its direction after its request.
     */
    static boolean canBeAnswered(int state) {
        return state == ESTABLISHED || state == CLOSE_WAIT;
    }
}
