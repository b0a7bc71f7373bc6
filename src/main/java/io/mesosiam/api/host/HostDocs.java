package io.mesosiam.api.host;

import io.mesosiam.api.Parameters;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** Texts of {@code openapi.yaml} that the operations on hosts share. */
final class HostDocs {
    static final String TAG = "hosts";
    static final String TAG_DESCRIPTION = "Hosts that enrol, their certificates, and join tokens";
    static final String HOSTNAME = "The host's name as in its certificates: a DNS name, or an IP address";
    static final String HOSTNAME_EXAMPLE = "host7.example";
    static final String EVERYWHERE = " Hosts belong to no namespace: the caller needs the role in /.";

    private HostDocs() {}

    /** The query parameter of a write that can be tried. */
    public static final class DryRun {
        @Parameter(
                description = "server: stores nothing, and answers 200 with what the request would do",
                example = "server",
                schema = @Schema(type = SchemaType.STRING, enumeration = "server"))
        @QueryParam("dryRun")
        public @Nullable String dryRun;

        /** Whether nothing is stored. Reports a wrong parameter. */
        boolean of(Parameters parameters) {
            return parameters.word("dryRun", dryRun, List.of("server")).isPresent();
        }
    }
}
