package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;

/** The reason for a stream's end. */
sealed interface StreamEnd {
    System.Logger LOG = System.getLogger(StreamEnd.class.getName());

    /** The code of the fault for a host whose certificates are evicted. */
    String EVICTED = "evicted";

    /** The code of the fault that asks for another hello. */
    String HELLO_AGAIN = "hello-again";

    /** The agent has more to report than its last hello did. */
    static StreamEnd forAnotherHello(String why) {
        return new EndedTemporarily(HELLO_AGAIN, why, Duration.ZERO);
    }

    /**
     * The connection failed, or the agent closed it because of an error.
     *
     * @param tls whether a certificate or TLS is the reason
     */
    record Lost(String reason, boolean tls) implements StreamEnd {
        Lost(String reason) {
            this(reason, false);
        }
    }

    /** The controller ended the stream with a passing fault. */
    record EndedTemporarily(String code, String message, Duration retryAfter) implements StreamEnd {
        /** Whether this controller needs another hello: it knows more of the host's tasks now, or the agent has more leases. */
        boolean isForAnotherHello() {
            return code.equals(HELLO_AGAIN);
        }
    }

    /** The controller refuses this agent until an operator acts. */
    record Refused(String code, String message) implements StreamEnd {
        boolean isEviction() {
            return code.equals(EVICTED);
        }
    }

    /** The agent closed it, because a stream to another controller has taken over. */
    record Moved(URI to) implements StreamEnd {}

    static StreamEnd of(Fault fault) {
        return switch (fault.persistence()) {
            case Fault.Passing(Duration retryAfter) -> new EndedTemporarily(fault.code(), fault.message(), retryAfter);
            case Fault.Lasting() -> new Refused(fault.code(), fault.message());
        };
    }

    /** Whether the controller may have claimed the host and then failed it; false if it had a reason to send it away. */
    default boolean isAfterClaim() {
        return switch (this) {
            case Lost _ -> true;
            case EndedTemporarily passing ->
                !passing.isForAnotherHello()
                        && !passing.code().equals("stopping")
                        && !passing.code().equals("claim-again");
            case Refused _, Moved _ -> false;
        };
    }

    /** The reason, for operators. */
    default String reason() {
        return switch (this) {
            case Lost lost -> lost.reason;
            case EndedTemporarily(String code, String message, Duration _) -> code + ": " + message;
            case Refused(String code, String message) -> code + ": " + message;
            case Moved(URI to) -> "moved to " + to;
        };
    }

    default void log(URI controller) {
        switch (this) {
            case Lost lost ->
                LOG.log(Level.WARNING, "controller stream failed controller={0} reason={1}", controller, lost.reason);
            case EndedTemporarily(String code, String message, Duration _) ->
                LOG.log(
                        Level.INFO,
                        "controller stream ended temporarily controller={0} code={1} message={2}",
                        controller,
                        code,
                        message);
            case Moved(URI to) ->
                LOG.log(Level.INFO, "moved to another controller controller={0} former={1}", to, controller);
            case Refused refused ->
                LOG.log(
                        Level.ERROR,
                        "controller refused agent, "
                                + (refused.isEviction()
                                        ? "no credentials are served until it is admitted again"
                                        : "leases are served until they expire")
                                + " controller={0} code={1} message={2}",
                        controller,
                        refused.code,
                        refused.message);
        }
    }
}
