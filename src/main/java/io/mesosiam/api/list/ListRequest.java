package io.mesosiam.api.list;

import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The query parameters that every list has. */
public final class ListRequest {
    /** The form of a cursor. */
    static final String CURSOR = "^[A-Za-z0-9_-]+$";

    /** What a selection of fields is. */
    public static final String FIELDS = "The fields of the answer, with commas between them. Default: all";

    /** A selection is at most as long as a request's target allows. */
    public static final int LONGEST_FIELDS = 1024;

    @Parameter(
            description =
                    "A JSON object of fields and the values that they must have, null for a field that is not set."
                            + " Fields that are a text, a number, a time, true or false",
            example = "{}")
    @QueryParam("filter")
    public @Nullable String filter;

    @Parameter(
            description = "The field to sort by, of those that can be filtered; with - before it descending."
                    + " Items with equal values are in the order of their ids")
    @QueryParam("sort")
    public @Nullable String sort;

    @Parameter(description = FIELDS, schema = @Schema(type = SchemaType.STRING, maxLength = LONGEST_FIELDS))
    @QueryParam("fields")
    public @Nullable String fields;

    @Parameter(
            description = Docs.LIMIT,
            example = "100",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000", defaultValue = "100"))
    @QueryParam("limit")
    public @Nullable String limit;

    @Parameter(description = Docs.CURSOR, schema = @Schema(type = SchemaType.STRING, pattern = CURSOR))
    @QueryParam("cursor")
    public @Nullable String cursor;

    /** Reads the parameters. */
    public ListParameters of(ListParameters.Kind kind, Parameters parameters) {
        return ListParameters.of(kind, filter, sort, fields, limit, cursor, parameters);
    }
}
