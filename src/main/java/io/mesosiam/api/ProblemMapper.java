package io.mesosiam.api;

import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** From failure to answer: the one place that knows which problem an exception is. */
final class ProblemMapper {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    @ServerExceptionMapper
    Response map(ProblemException problem) {
        return answer(problem.code(), String.valueOf(problem.getMessage()), problem.errors());
    }

    @ServerExceptionMapper
    Response map(WebApplicationException refusal) {
        return switch (refusal) {
            case NotFoundException _ -> answer(ProblemCode.NOT_FOUND, "no such path", List.of());
            case NotAllowedException _ -> answer(ProblemCode.METHOD_NOT_ALLOWED, "the API only reads", List.of());
            case NotAcceptableException _ -> answer(ProblemCode.NOT_ACCEPTABLE, "application/json it is", List.of());
            default -> unexpected(refusal);
        };
    }

    @ServerExceptionMapper
    Response map(RuntimeException fault) {
        return unexpected(fault);
    }

    private static Response unexpected(RuntimeException fault) {
        String requestId = UUID.randomUUID().toString();
        LOG.errorf(fault, "request failed requestId=%s", requestId);
        return answer(ProblemCode.INTERNAL, "the log has it under the request's id", requestId, List.of());
    }

    private static Response answer(ProblemCode code, String detail, List<Problem.FieldError> errors) {
        return answer(code, detail, UUID.randomUUID().toString(), errors);
    }

    private static Response answer(ProblemCode code, String detail, String requestId, List<Problem.FieldError> errors) {
        Problem problem = Problem.of(code, detail, requestId, errors);
        return Response.status(code.status())
                .type(Problem.MEDIA_TYPE)
                .header("X-Request-Id", requestId)
                .entity(problem)
                .build();
    }
}
