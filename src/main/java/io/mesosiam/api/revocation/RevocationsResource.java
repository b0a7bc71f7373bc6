package io.mesosiam.api.revocation;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.revocation.Denials;
import io.mesosiam.admin.withdrawal.StoredWithdrawal;
import io.mesosiam.admin.withdrawal.Withdrawals;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.WithdrawalView;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The revocations that were made, by the API or as withdrawals in SQL. */
@Path("/api/v1/revocations")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "revocations", description = "Revoking credentials that were given")
@NonBlocking
public final class RevocationsResource {
    /** What is listed. */
    public static final ListParameters.Kind REVOCATIONS = ListParameters.Kind.of(
                    Withdrawals.COLUMNS, Withdrawals.ID, "id", RevocationStateView.class)
            .with("revoked", ListParameters.Kind.names(WithdrawalView.class));

    private final Withdrawals withdrawals;
    private final Denials denials;
    private final Authors authors;
    private final ObjectMapper json;

    @Inject
    RevocationsResource(Withdrawals withdrawals, Denials denials, Authors authors, ObjectMapper json) {
        this.withdrawals = withdrawals;
        this.denials = denials;
        this.authors = authors;
        this.json = json;
    }

    /** All, a page at a time. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, ADMIN, AUDITOR})
    @APIResponseSchema(value = RevocationStateView.Page.class, responseCode = "200", responseDescription = "A page")
    @Operation(
            operationId = "listRevocations",
            summary = "The revocations, with their denials at AWS",
            description =
                    "Standing and lifted ones, by id unless 'sort' is given; 'filter' and 'sort' take the fields of"
                            + " 'revoked'. For viewer, operator, admin and auditor of the root namespace.")
    public Uni<RevocationStateView.Page> list(@BeanParam ListRequest request) {
        Parameters parameters = new Parameters();
        ListParameters list = request.of(REVOCATIONS, parameters);
        parameters.check();
        authors.require("/", Role.VIEWER, Role.OPERATOR, Role.AUDITOR);
        return withdrawals
                .list(false, list.query())
                .chain(found -> denials.fitting(ids(found)).map(found::first))
                .chain(found -> denials.of(ids(found))
                        .map(all -> list.page(found.map(
                                withdrawal -> json.<ObjectNode>valueToTree(RevocationStateView.of(withdrawal, all))))))
                .map(page -> new RevocationStateView.Page(page.items(), page.next()));
    }

    private static List<UUID> ids(Found<StoredWithdrawal> found) {
        return found.objects().stream().map(StoredWithdrawal::id).toList();
    }

    /** One of them. */
    @GET
    @Path("{id}")
    @RolesAllowed({VIEWER, OPERATOR, ADMIN, AUDITOR})
    @APIResponseSchema(value = RevocationStateView.class, responseCode = "200", responseDescription = "It")
    @APIResponse(responseCode = "404", description = "There is none with this id")
    @Operation(
            operationId = "getRevocation",
            summary = "A revocation, with its denials at AWS",
            description = "For viewer, operator, admin and auditor of the root namespace.")
    public Uni<RevocationStateView> get(
            @Parameter(
                            description = "The id of the revocation, which is that of its withdrawal",
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id) {
        Parameters parameters = new Parameters();
        UUID known = parameters.id("id", id).orElse(new UUID(0, 0));
        parameters.check();
        authors.require("/", Role.VIEWER, Role.OPERATOR, Role.AUDITOR);
        return withdrawals
                .find(known)
                .map(found -> found.orElseThrow(() ->
                        new ProblemException(ProblemCode.NOT_FOUND, "there is no withdrawal with the id " + known)))
                .chain(withdrawal -> denials.of(List.of(known)).map(all -> RevocationStateView.of(withdrawal, all)));
    }
}
