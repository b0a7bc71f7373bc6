package io.mesosiam.channel;

import java.util.Locale;

/** Why no TLS connection came about. */
enum HandshakeFailure {
    /** Too many connections were open, and most were this source's. */
    TOO_MANY,
    /** The peer sent no ClientHello in time. */
    SILENT,
    /** Other handshakes took all the time. */
    WAITED,
    /** The peer did not finish the handshake in time. */
    UNFINISHED,
    /** The peer let the handshake wait while other connections waited for a slot. */
    STALLED,
    /** The peer closed the connection. */
    CLOSED,
    /** One end didn't accept what the other one sent: a certificate, a version. */
    TLS;

    /** As metrics and logs show it. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
