package io.mesosiam.api;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.mapping.RuntimeResource;
import org.jboss.resteasy.reactive.server.util.RuntimeResourceVisitor;

/**
 * Answers {@code OPTIONS}, and refuses a method that a path does not have. The header {@code Allow} of both has the methods
 * of the path; the framework's would have those of all paths of a resource class.
 */
final class AllowedMethods {
    private volatile Optional<PathMethods> known = Optional.empty();

    @ServerRequestFilter(preMatching = true)
    Optional<Response> answer(ContainerRequestContext request) {
        Optional<Set<String>> methods =
                paths().of(request.getUriInfo().getRequestUri().getRawPath());
        return methods.flatMap(allowed -> answer(request.getMethod(), allowed));
    }

    private static Optional<Response> answer(String method, Set<String> allowed) {
        if (!allowed.contains(method)) {
            throw new NotAllowedException(Response.status(Response.Status.METHOD_NOT_ALLOWED)
                    .allow(allowed)
                    .build());
        }
        return method.equals(HttpMethod.OPTIONS)
                ? Optional.of(Response.ok().allow(allowed).build())
                : Optional.empty();
    }

    private PathMethods paths() {
        return known.orElseGet(() -> {
            PathMethods read = new PathMethods(operations());
            known = Optional.of(read);
            return read;
        });
    }

    /** The operations, from the resources that the framework serves. */
    private static List<PathMethods.Operation> operations() {
        List<PathMethods.Operation> operations = new ArrayList<>();
        var deployment = ResteasyReactiveRecorder.getCurrentDeployment();
        RuntimeResourceVisitor.visitRuntimeResources(
                deployment.getPrefix(), deployment.getClassMappers(), new RuntimeResourceVisitor() {
                    @Override
                    public void visitRuntimeResource(String method, String path, RuntimeResource resource) {
                        operations.add(new PathMethods.Operation(method, path));
                    }
                });
        return operations;
    }
}
