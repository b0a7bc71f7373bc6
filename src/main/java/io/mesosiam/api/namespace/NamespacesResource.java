package io.mesosiam.api.namespace;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.namespace.NamespaceQuery;
import io.mesosiam.admin.namespace.Namespaces;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.signin.Callers;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The stored namespaces. */
@Path("/api/v1/namespaces")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = NamespaceDocs.TAG, description = NamespaceDocs.TAG_DESCRIPTION)
@NonBlocking
public final class NamespacesResource {
    /** What is listed. */
    public static final ListParameters.Kind NAMESPACES = ListParameters.Kind.of(
                    NamespaceQuery.COLUMNS, NamespaceQuery.PATH, "namespaceId", StoredNamespaceView.class)
            .with("content", ListParameters.Kind.names(NamespaceContentSchema.class));

    private final Namespaces namespaces;
    private final Callers callers;

    @Inject
    NamespacesResource(Namespaces namespaces, Callers callers) {
        this.namespaces = namespaces;
        this.callers = callers;
    }

    /** The stored namespaces, a page at a time. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponseSchema(
            value = StoredNamespaceView.Page.class,
            responseCode = "200",
            responseDescription = "A page of stored namespaces")
    @Operation(
            operationId = "listNamespaces",
            summary = "The stored namespaces",
            description =
                    "As the database has them, by path unless 'sort' is given: those of the caller's roles and those below them.")
    public Uni<StoredNamespaceView.Page> list(@BeanParam ListRequest request) {
        Parameters parameters = new Parameters();
        ListParameters list = request.of(NAMESPACES, parameters);
        parameters.check();
        return namespaces
                .list(new NamespaceQuery(callers.namespaces(AdminDocs.readers()), list.query()))
                .map(found -> list.page(
                        found.map(namespace -> StoredNamespaceView.of(namespace).json())))
                .map(page -> new StoredNamespaceView.Page(page.items(), page.next()));
    }
}
