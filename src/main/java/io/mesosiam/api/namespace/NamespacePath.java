package io.mesosiam.api.namespace;

import io.mesosiam.api.Parameters;
import io.mesosiam.api.admin.PolicyPath;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** The segment of a path that names a namespace. */
public final class NamespacePath {
    @Parameter(
            description = PolicyPath.NAMESPACE_DESCRIPTION,
            example = "data.reporting",
            schema = @Schema(type = SchemaType.STRING, pattern = PolicyPath.NAMESPACE))
    @PathParam("namespace")
    public String namespace = "";

    /** The namespace's path; the root if the segment is invalid, which is reported. */
    public String of(Parameters parameters) {
        return PolicyPath.namespace(namespace, parameters);
    }
}
