package io.mesosiam.api.audit;

import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.audit.AuditAway;
import io.mesosiam.signin.CurrentRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers requests while the audit trail can't be read. */
final class AuditAwayMapper {
    private final CurrentRequest request;

    @Inject
    AuditAwayMapper(CurrentRequest request) {
        this.request = request;
    }

    @ServerExceptionMapper
    Response map(AuditAway away) {
        return new ProblemException(ProblemCode.UNAVAILABLE, String.valueOf(away.getMessage())).response(request);
    }
}
