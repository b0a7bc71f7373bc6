package io.mesosiam.api.status;

import io.mesosiam.api.document.PolicyWrites;
import io.mesosiam.policy.store.PolicyTable;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Tells the caller of a write which version of the policies contains it. The version is read after the transaction, so it can
 * be that of a later write too; it is never an earlier one. If the database doesn't answer then, the write has
 * succeeded all the same, and its answer has no version.
 */
final class WrittenVersion {
    private static final int FIRST_FAILURE = 300;

    private final PolicyTable policies;

    @Inject
    WrittenVersion(PolicyTable policies) {
        this.policies = policies;
    }

    @ServerResponseFilter
    Uni<Void> add(ContainerRequestContext request, ContainerResponseContext response) {
        boolean wrote = response.getStatus() < FIRST_FAILURE
                && PolicyWrites.contain(
                        request.getMethod(),
                        request.getUriInfo().getRequestUri().getPath())
                && !request.getUriInfo().getQueryParameters().containsKey("dryRun");
        if (!wrote) {
            return Uni.createFrom().voidItem();
        }
        return policies.stored()
                .invoke(version -> {
                    response.getHeaders().putSingle(PolicyWrites.VERSION, version);
                    response.getHeaders().add(HttpHeaders.LINK, "<" + PolicyWrites.path(version) + ">; rel=\"status\"");
                })
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }
}
