package io.mesosiam.api.admin;

import io.mesosiam.admin.PolicyKey;
import io.mesosiam.api.Parameters;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/**
 * The segments of a path that name a policy: its namespace and its name.
 *
 * <p>A namespace is written as one segment: with dots for its slashes, {@code data.reporting} for {@code
 * /data/reporting}, and {@code -} for the root. No name of a namespace contains a dot or is a hyphen.
 */
public final class PolicyPath {
    /** The form of the segment, for the API's description. */
    public static final String NAMESPACE =
            "^(-|[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){0,7})$";

    public static final String NAMESPACE_DESCRIPTION =
            "The namespace's path with dots for its slashes: data.reporting for /data/reporting, - for the root /";
    static final String NAME = "^" + PolicyKey.NAME + "$";

    private static final String NAMESPACE_FORM = NAMESPACE.substring(1, NAMESPACE.length() - 1);

    @Parameter(
            description = NAMESPACE_DESCRIPTION,
            example = "data.reporting",
            schema = @Schema(type = SchemaType.STRING, pattern = NAMESPACE))
    @PathParam("namespace")
    public String namespace = "";

    @Parameter(
            description = AdminDocs.POLICY_NAME,
            example = "nightly-report",
            schema = @Schema(type = SchemaType.STRING, pattern = NAME))
    @PathParam("name")
    public String name = "";

    PolicyKey key(Parameters parameters) {
        String path = namespace(namespace, parameters);
        boolean hasName = parameters.require(
                "name", name.matches(PolicyKey.NAME), "must have 1 to 128 letters, digits or inner . _ -");
        return new PolicyKey(path, hasName ? name : "invalid");
    }

    /** The path of a namespace; the root if the segment is invalid, which is reported. */
    public static String namespace(String segment, Parameters parameters) {
        boolean valid = parameters.require(
                "namespace",
                segment.matches(NAMESPACE_FORM),
                "must be a path with dots for its slashes, or - for the root");
        return !valid || segment.equals("-") ? "/" : "/" + segment.replace('.', '/');
    }
}
