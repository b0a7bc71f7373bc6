package io.mesosiam.api.admin;

import io.mesosiam.admin.AdministrationAway;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.signin.CurrentRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers requests while the database of the administration is not available. */
final class AwayMapper {
    private static final Logger LOG = Logger.getLogger(AwayMapper.class);

    private final CurrentRequest request;

    @Inject
    AwayMapper(CurrentRequest request) {
        this.request = request;
    }

    @ServerExceptionMapper
    Response map(AdministrationAway away) {
        LOG.warnf("administration unavailable reason=\"%s\"", PlainReason.of(root(away)));
        return new ProblemException(ProblemCode.UNAVAILABLE, String.valueOf(away.getMessage())).response(request);
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
