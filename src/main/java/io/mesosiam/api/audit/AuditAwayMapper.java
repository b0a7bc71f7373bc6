package io.mesosiam.api.audit;

import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.audit.AuditAway;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers requests while the audit trail can't be read. */
final class AuditAwayMapper {
    @ServerExceptionMapper
    Response map(AuditAway away) {
        return new ProblemException(ProblemCode.UNAVAILABLE, String.valueOf(away.getMessage())).response();
    }
}
