package io.mesosiam.agent.doctor;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/**
 * Why no connection to a controller came about, and what to do about it. Several of the JDK's exceptions have no message.
 *
 * @param text what happened
 * @param cure what to do about it
 */
public record Unreached(String text, String cure) {
    /** What that failure says about the network; empty if nothing. */
    public static Optional<Unreached> of(Throwable failure) {
        return Causes.explained(failure, Unreached::one);
    }

    private static Optional<Unreached> one(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _, UnresolvedAddressException _ ->
                Optional.of(new Unreached(
                        "no such host",
                        "check the name in MESOS_IAM_AGENT_CONTROLLERS and the name servers of this host"));
            case SocketTimeoutException _, HttpTimeoutException _ ->
                Optional.of(new Unreached(
                        "no answer in time", "check the route and the firewalls between this host and the controller"));
            case NoRouteToHostException _ ->
                Optional.of(new Unreached("no route to the host", "check the routes of this host"));
            case ConnectException e
            when e.getMessage() == null || e.getMessage().contains("refused") ->
                Optional.of(new Unreached(
                        "connection refused",
                        "check that the controller runs, and that MESOS_IAM_AGENT_CONTROLLERS names its agent port"
                                + " (mesos-iam.channel.port)"));
            default -> Optional.empty();
        };
    }
}
