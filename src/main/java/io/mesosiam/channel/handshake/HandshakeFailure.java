package io.mesosiam.channel.handshake;

import java.util.Locale;

/** Reasons for which a TLS handshake failed. */
enum HandshakeFailure {
    /** Too many connections were open, and this source had the most of them. */
    TOO_MANY,
    /** The peer sent no ClientHello in time. */
    SILENT,
    /** The peer's first byte is not that of a TLS handshake: it speaks another protocol. */
    NOT_TLS,
    /** No slot became free in time. */
    WAITED,
    /** The peer did not finish the handshake in time. */
    UNFINISHED,
    /** The peer stalled while other connections waited for a slot. */
    STALLED,
    /** The peer closed the connection. */
    CLOSED,
    /** One side rejected what the other sent, such as a certificate or a version. */
    TLS;

    /** The label in metrics and logs. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
