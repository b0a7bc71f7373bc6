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

/** Why no connection, or no answer on it, came about. Several exceptions of the JDK have no message, others have only a host name. */
public enum NoConnection {
    UNKNOWN_HOST("no such host"),
    REFUSED("connection refused"),
    TIMED_OUT("no answer in time"),
    NO_ROUTE("no route to the host");

    private static final int MOST_CAUSES = 20;

    private final String words;

    NoConnection(String words) {
        this.words = words;
    }

    /** What happened, for a log line; the caller names the address. */
    public String words() {
        return words;
    }

    /** What a failure or one of its causes says about the network, the innermost first; empty if none says anything. */
    public static Optional<NoConnection> of(Throwable failure) {
        return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(MOST_CAUSES)
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
            // the JDK's HTTP client gives no message if a second try was refused, too
            case ConnectException e when e.getMessage() == null -> Optional.of(REFUSED);
            case SocketException e -> byMessage(e.getMessage());
            case InterruptedIOException e -> byMessage(e.getMessage()).filter(why -> why == TIMED_OUT);
            default -> Optional.empty();
        };
    }

    /** The message is the system's text of the error, and a library may add an address to it. */
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
