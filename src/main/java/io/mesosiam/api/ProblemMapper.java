package io.mesosiam.api;

import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps exceptions to problems; the only place that does. */
final class ProblemMapper {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    /** For a path without any method of its own. */
    private static final String READ_ONLY = "GET, HEAD, OPTIONS";

    @ServerExceptionMapper
    Response map(ProblemException problem) {
        return response(problem);
    }

    static Response response(ProblemException problem) {
        return answer(
                        problem.code(),
                        String.valueOf(problem.getMessage()),
                        problem.extras().requestId().orElseGet(ProblemMapper::newId),
                        problem.extras())
                .build();
    }

    @ServerExceptionMapper
    Response map(WebApplicationException refusal) {
        return switch (refusal) {
            case NotFoundException _ -> answer(ProblemCode.NOT_FOUND, "no such path");
            case NotAllowedException not -> notAllowed(not);
            case NotAcceptableException _ -> answer(ProblemCode.NOT_ACCEPTABLE, "Only application/json is supported");
            default -> other(refusal);
        };
    }

    @ServerExceptionMapper
    Response map(UnauthorizedException refusal) {
        return answer(ProblemCode.NOT_SIGNED_IN, "this operation needs a credential", newId(), Problem.Extras.NONE)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"mesos-iam\"")
                .build();
    }

    @ServerExceptionMapper
    Response map(ForbiddenException refusal) {
        return answer(ProblemCode.NOT_ALLOWED, "the caller's roles don't include this operation here");
    }

    @ServerExceptionMapper
    Response map(RuntimeException fault) {
        return unexpected(fault);
    }

    private static Response notAllowed(NotAllowedException refusal) {
        String allowed = Optional.ofNullable(refusal.getResponse().getHeaderString(HttpHeaders.ALLOW))
                .filter(methods -> !methods.isBlank())
                .orElse(READ_ONLY);
        return answer(
                        ProblemCode.METHOD_NOT_ALLOWED,
                        "this path does not support the method; Allow lists those that it supports",
                        newId(),
                        Problem.Extras.NONE)
                .header(HttpHeaders.ALLOW, allowed)
                .build();
    }

    private static Response other(WebApplicationException refusal) {
        int status = refusal.getResponse().getStatus();
        return status >= 400 && status < 500
                ? answer(ProblemCode.of(status), ProblemCode.of(status).title())
                : unexpected(refusal);
    }

    private static Response unexpected(RuntimeException fault) {
        String requestId = newId();
        LOG.errorf(fault, "request failed requestId=%s", requestId);
        return answer(
                        ProblemCode.INTERNAL,
                        "the log of the controller has details under the requestId",
                        requestId,
                        Problem.Extras.NONE)
                .build();
    }

    private static Response answer(ProblemCode code, String detail) {
        return answer(code, detail, newId(), Problem.Extras.NONE).build();
    }

    private static Response.ResponseBuilder answer(
            ProblemCode code, String detail, String requestId, Problem.Extras extras) {
        return Response.status(code.status())
                .type(Problem.MEDIA_TYPE)
                .header("X-Request-Id", requestId)
                .entity(Problem.of(code, detail, requestId, extras));
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
