package io.mesosiam.api.document;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Describes the header with the version of the policies in the answers of {@link PolicyWrites}. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class PolicyVersionHeader implements OASFilter {
    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getPaths().getPathItems().forEach((path, item) -> describe(path, item));
    }

    private static void describe(String path, PathItem item) {
        item.getOperations().forEach((method, operation) -> {
            if (PolicyWrites.contain(method.name(), path)) {
                List.of("200", "201", "204").forEach(status -> answer(operation, status)
                        .ifPresent(response -> response.addHeader(
                                PolicyWrites.VERSION,
                                OASFactory.createHeader()
                                        .description(
                                                "The version of all policies together after this write; /api/v1/policy-versions"
                                                        + " says where it is in effect. Absent for a dry run")
                                        .schema(OASFactory.createSchema().addType(Schema.SchemaType.INTEGER)))));
            }
        });
    }

    private static Optional<APIResponse> answer(Operation operation, String status) {
        return Optional.ofNullable(operation.getResponses()).map(responses -> responses.getAPIResponse(status));
    }
}
