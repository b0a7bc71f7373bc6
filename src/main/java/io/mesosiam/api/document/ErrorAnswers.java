package io.mesosiam.api.document;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/**
 * Describes the errors: those that every operation has, and that the body of each is a problem. Resources declare the others
 * with their status and a description alone.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ErrorAnswers implements OASFilter {
    private static final String PARAMETERS = "A parameter is not valid, or unknown; 'errors' names it";

    @Override
    public Operation filterOperation(Operation operation) {
        APIResponses answers = operation.getResponses();
        // the generator describes it for some operations, as "Bad Request"
        answers.addAPIResponse("400", OASFactory.createAPIResponse().description(PARAMETERS));
        if (answers.getDefaultValue() == null) {
            answers.setDefaultValue(OASFactory.createAPIResponse().description("An error"));
        }
        answers.getAPIResponses().forEach((status, answer) -> {
            if (!status.startsWith("2")) {
                describeBody(answer);
            }
        });
        return operation;
    }

    private static void describeBody(APIResponse answer) {
        answer.setContent(OASFactory.createContent()
                .addMediaType(
                        "application/problem+json",
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref("#/components/schemas/Problem"))));
    }
}
