package io.mesosiam.signin;

import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;

/** Answers requests whose sign-in failed; the API implements it, with the form of its errors. */
public interface RefusedSignIn {
    /**
     * The credential is wrong. Ends the response.
     *
     * @param why what is wrong with it, for the caller: no more than the caller knows already
     * @param challenge the value of {@code WWW-Authenticate}
     * @param wait how long the address is to wait before it tries again; empty if it needn't
     */
    void refuse(RoutingContext context, String why, String challenge, Optional<Duration> wait);

    /**
     * The credential can't be checked now. Ends the response.
     *
     * @param why what is missing, for the caller
     */
    void unavailable(RoutingContext context, String why);
}
