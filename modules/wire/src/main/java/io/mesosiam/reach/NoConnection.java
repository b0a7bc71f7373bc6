package io.mesosiam.reach;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reason for a failed connection, or for a missing answer on it. Several exceptions of the JDK have no message, others
 * have only a host name.
 */
public enum NoConnection {
    UNKNOWN_HOST("no such host"),
    REFUSED("connection refused"),
    TIMED_OUT("no answer in time"),
    NO_ROUTE("no route to the host");

    private static final int MAX_CAUSES = 20;

    private final String words;

    NoConnection(String words) {
        this.words = words;
    }

    /** Text for a log line; the caller adds the address. */
    public String words() {
        return words;
    }

    /** The network failure of an exception or of a cause, the innermost first; empty if none is one. */
    public static Optional<NoConnection> of(Throwable failure) {
        return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(MAX_CAUSES)
                .toList()
                .reversed()
                .stream()
                .flatMap(cause -> one(cause).stream())
                .findFirst();
    }

    private static Optional<NoConnection> one(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _, UnresolvedAddressException _ -> Optional.of(UNKNOWN_HOST);
            case SocketTimeoutException _, HttpTimeoutException _, TimeoutException _ -> Optional.of(TIMED_OUT);
            case NoRouteToHostException _ -> Optional.of(NO_ROUTE);
            // the JDK's HTTP client gives no message if a second attempt was refused too
            case ConnectException e when e.getMessage() == null -> Optional.of(REFUSED);
            case SocketException e -> byMessage(e.getMessage());
            case InterruptedIOException e -> byMessage(e.getMessage()).filter(why -> why == TIMED_OUT);
            default -> Optional.empty();
        };
    }

    /** The reason by the message: the system's text of the error, to which a library may add an address. */
    private static Optional<NoConnection> byMessage(@Nullable String message) {
        if (message == null) {
            return Optional.empty();
        }
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("refused")) {
            return Optional.of(REFUSED);
        }
        if (text.contains("timed out")) {
            return Optional.of(TIMED_OUT);
        }
        return text.contains("unreachable") || text.contains("no route") ? Optional.of(NO_ROUTE) : Optional.empty();
    }
}
