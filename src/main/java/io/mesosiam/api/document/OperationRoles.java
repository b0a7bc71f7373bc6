package io.mesosiam.api.document;

import io.mesosiam.signin.Role;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;

/**
 * Says for each operation who may call it: the extension {@value #EXTENSION} and a sentence, both from the method's
 * {@code @RolesAllowed}, which also enforces it.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class OperationRoles implements OASFilter {
    static final String EXTENSION = "x-roles";

    private static final DotName OPERATION =
            DotName.createSimple("org.eclipse.microprofile.openapi.annotations.Operation");
    private static final DotName ALLOWED = DotName.createSimple("jakarta.annotation.security.RolesAllowed");
    private static final String EVERY_CALLER = "**";
    private static final String SCHEME = "bearer";

    private final Map<String, List<String>> roles = new HashMap<>();

    /** Reads the roles of all operations. */
    public OperationRoles(IndexView index) {
        for (AnnotationInstance operation : index.getAnnotations(OPERATION)) {
            if (operation.target().kind() == AnnotationTarget.Kind.METHOD && operation.value("operationId") != null) {
                Optional.ofNullable(operation.target().asMethod().annotation(ALLOWED))
                        .or(() -> Optional.ofNullable(
                                operation.target().asMethod().declaringClass().declaredAnnotation(ALLOWED)))
                        .ifPresent(allowed -> roles.put(
                                operation.value("operationId").asString(),
                                names(allowed.value().asStringArray())));
            }
        }
    }

    @Override
    public Operation filterOperation(Operation operation) {
        List<String> allowed = roles.get(String.valueOf(operation.getOperationId()));
        if (allowed != null) {
            operation.addExtension(EXTENSION, allowed);
            operation.setDescription(operation.getDescription() + " Roles: " + String.join(", ", allowed) + ".");
        }
        return operation;
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (document.getComponents() == null) {
            document.setComponents(OASFactory.createComponents());
        }
        document.getComponents()
                .addSecurityScheme(
                        SCHEME,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme(SCHEME)
                                .description("An API token (mia_…) or a token of the OpenID Connect provider"));
        document.setSecurity(List.of(OASFactory.createSecurityRequirement().addScheme(SCHEME)));
    }

    private static List<String> names(String... allowed) {
        List<String> given = Arrays.asList(allowed);
        return given.contains(EVERY_CALLER)
                ? Arrays.stream(Role.values()).map(Role::text).toList()
                : given;
    }
}
