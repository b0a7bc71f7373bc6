package io.mesosiam.api;

import io.mesosiam.api.stream.OpenStreams;
import io.mesosiam.signin.CurrentRequest;
import io.mesosiam.signin.MissingRole;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Objects;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps exceptions to problems; the only place that does. */
final class ProblemMapper {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    private static final String NO_PATH =
            "no such path: /docs lists them. In a path, a namespace has dots for its slashes, such as data.reporting";

    private final CurrentRequest request;

    @Inject
    ProblemMapper(CurrentRequest request) {
        this.request = request;
    }

    @ServerExceptionMapper
    Response map(ProblemException problem) {
        return problem.response(request);
    }

    static Response response(ProblemException problem, CurrentRequest request) {
        return answer(request, problem.code(), String.valueOf(problem.getMessage()), problem.extras())
                .build();
    }

    @ServerExceptionMapper
    Response map(WebApplicationException refusal) {
        return switch (refusal) {
            case NotFoundException _ -> answer(ProblemCode.NOT_FOUND, NO_PATH);
            case NotAllowedException not -> notAllowed(not);
            case NotAcceptableException _ -> answer(ProblemCode.NOT_ACCEPTABLE, "Only application/json is supported");
            default -> other(refusal);
        };
    }

    @ServerExceptionMapper
    Response map(UnauthorizedException refusal) {
        return answer(
                        request,
                        ProblemCode.NOT_SIGNED_IN,
                        "this operation needs a credential, such as an API token in the header Authorization, behind 'Bearer': see"
                                + " docs/sign-in.md",
                        Problem.Extras.NONE)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"mesos-iam\"")
                .build();
    }

    @ServerExceptionMapper
    Response map(ForbiddenException refusal, ResourceInfo operation) {
        MissingRole missing = refusal instanceof MissingRole known ? known : MissingRole.of(roles(operation));
        return answer(ProblemCode.NOT_ALLOWED, String.valueOf(missing.getMessage()));
    }

    /** The roles that the operation is for, as openapi.yaml lists them. */
    private static String[] roles(ResourceInfo operation) {
        return Stream.of(operation.getResourceMethod(), operation.getResourceClass())
                .map(element -> element.getAnnotation(RolesAllowed.class))
                .filter(Objects::nonNull)
                .map(RolesAllowed::value)
                .findFirst()
                .orElseThrow();
    }

    @ServerExceptionMapper
    Response map(RuntimeException fault) {
        return unexpected(fault);
    }

    private Response notAllowed(NotAllowedException refusal) {
        return answer(
                        request,
                        ProblemCode.METHOD_NOT_ALLOWED,
                        "this path does not support the method; Allow lists those that it supports",
                        Problem.Extras.NONE)
                .header(HttpHeaders.ALLOW, refusal.getResponse().getHeaderString(HttpHeaders.ALLOW))
                .build();
    }

    private Response other(WebApplicationException refusal) {
        int status = refusal.getResponse().getStatus();
        return status >= 400 && status < 500
                ? answer(ProblemCode.of(status), ProblemCode.of(status).title())
                : unexpected(refusal);
    }

    private Response unexpected(RuntimeException fault) {
        LOG.errorf(fault, "request failed requestId=%s", request.id());
        return answer(
                        request,
                        ProblemCode.INTERNAL,
                        "the log of the controller has details under the requestId",
                        Problem.Extras.NONE)
                .build();
    }

    private Response answer(ProblemCode code, String detail) {
        return answer(request, code, detail, Problem.Extras.NONE).build();
    }

    private static Response.ResponseBuilder answer(
            CurrentRequest request, ProblemCode code, String detail, Problem.Extras extras) {
        request.problem(code.text());
        Response.ResponseBuilder response = Response.status(code.status());
        if (code == ProblemCode.TOO_MANY_STREAMS) {
            response.header(HttpHeaders.RETRY_AFTER, OpenStreams.RETRY_SECONDS);
        }
        return response.type(Problem.MEDIA_TYPE)
                .header("X-Request-Id", request.id())
                .entity(Problem.of(code, detail, request.id(), extras));
    }
}
