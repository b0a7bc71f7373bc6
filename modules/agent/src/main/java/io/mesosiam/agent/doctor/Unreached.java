package io.mesosiam.agent.doctor;

import io.mesosiam.reach.NoConnection;
import java.net.http.WebSocketHandshakeException;
import java.util.Optional;

/**
 * Explains why no connection to a controller, or no stream, could be opened, and what to do about it.
 *
 * @param text what happened
 * @param cure what to do about it
 */
public record Unreached(String text, String cure) {
    static final String AGENT_PORT =
            "name the controller's agent port (mesos-iam.channel.port, not that of enrolment) in MESOS_IAM_AGENT_CONTROLLERS";
    static final String OTHER_PROGRAMS = "look for other programs that use it, or wait a minute";

    private static final int TOO_MANY_REQUESTS = 429;

    /** The explanation of a failure, if the network caused it. */
    public static Optional<Unreached> of(Throwable failure) {
        return NoConnection.of(failure)
                .map(why -> new Unreached(why.words(), cure(why)))
                .or(() -> Causes.explained(failure, Unreached::otherAnswer));
    }

    /** The explanation of an answer that opens no stream. */
    private static Optional<Unreached> otherAnswer(Throwable cause) {
        if (!(cause instanceof WebSocketHandshakeException answered)) {
            return Optional.empty();
        }
        int status = answered.getResponse().statusCode();
        return Optional.of(
                status == TOO_MANY_REQUESTS
                        ? new Unreached("it has too many connections with this agent's certificate", OTHER_PROGRAMS)
                        : new Unreached("it answers " + status + ", but not as a controller", AGENT_PORT));
    }

    private static String cure(NoConnection why) {
        return switch (why) {
            case UNKNOWN_HOST -> "check the name in MESOS_IAM_AGENT_CONTROLLERS and the name servers of this host";
            case TIMED_OUT -> "check the route and the firewalls between this host and the controller";
            case NO_ROUTE -> "check the routes of this host";
            case REFUSED ->
                "check that the controller runs, and that MESOS_IAM_AGENT_CONTROLLERS names its agent port"
                        + " (mesos-iam.channel.port)";
        };
    }
}
