package io.mesosiam.agent.doctor;

import io.mesosiam.reach.NoConnection;
import java.util.Optional;

/**
 * Explains why no connection to a controller could be opened, and what to do about it.
 *
 * @param text what happened
 * @param cure what to do about it
 */
public record Unreached(String text, String cure) {
    /** The explanation of a failure, if the network caused it. */
    public static Optional<Unreached> of(Throwable failure) {
        return NoConnection.of(failure).map(why -> new Unreached(why.words(), cure(why)));
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
