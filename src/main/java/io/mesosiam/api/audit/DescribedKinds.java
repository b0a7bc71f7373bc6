package io.mesosiam.api.audit;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;

/** Describes the kinds of audit events that a search can be for: each, and all that begin alike. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class DescribedKinds implements OASFilter {
    @Override
    public Operation filterOperation(Operation operation) {
        if ("listAuditEvents".equals(operation.getOperationId())) {
            operation.getParameters().stream()
                    .filter(parameter -> "kind".equals(parameter.getName()))
                    .forEach(kind -> Stream.concat(
                                    AuditKinds.ALL.stream(),
                                    AuditKinds.ALL.stream()
                                            .map(name -> name.substring(0, name.indexOf('.') + 1) + "*")
                                            .distinct())
                            .forEach(kind.getSchema()::addEnumeration));
        }
        return operation;
    }
}
