package io.mesosiam.api.document;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Describes what holds for all bodies of requests: a field that the object does not have is refused. In the content of a
 * stored object, which {@code PUT} replaces, null is a field's default; the merge patch of a content has its fields, of which
 * none is required.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class RequestBodies implements OASFilter {
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String PATCH = "Patch";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        Map<String, Schema> schemas = new TreeMap<>(document.getComponents().getSchemas());
        Set<String> contents = new TreeSet<>();
        document.getPaths().getPathItems().values().forEach(path -> body(path.getPUT())
                .ifPresent(put -> {
                    String name = name(put.getSchema());
                    contents.add(name);
                    body(path.getPATCH()).ifPresent(patch -> patch.setSchema(reference(name + PATCH)));
                }));
        contents.forEach(name -> {
            Schema content = Optional.ofNullable(schemas.get(name)).orElseThrow();
            content.getProperties().forEach((field, value) -> {
                if (content.getRequired() == null || !content.getRequired().contains(field)) {
                    content.addProperty(field, orNull(value));
                }
            });
            schemas.put(
                    name + PATCH,
                    OASFactory.createSchema()
                            .description("A merge patch (RFC 7396) of " + name + ": null removes a field")
                            .addType(Schema.SchemaType.OBJECT)
                            .properties(content.getProperties()));
        });
        document.getComponents().setSchemas(schemas);
        Set<String> closed = new HashSet<>();
        document.getPaths().getPathItems().values().stream()
                .flatMap(path -> path.getOperations().values().stream())
                .flatMap(operation -> body(operation).stream())
                .forEach(body -> close(body.getSchema(), schemas, closed));
    }

    private static Optional<MediaType> body(@Nullable Operation operation) {
        return Optional.ofNullable(operation)
                .map(Operation::getRequestBody)
                .flatMap(body ->
                        body.getContent().getMediaTypes().values().stream().findFirst());
    }

    private static Schema orNull(Schema value) {
        if (value.getType() == null) {
            return OASFactory.createSchema()
                    .addAnyOf(value)
                    .addAnyOf(OASFactory.createSchema().addType(Schema.SchemaType.NULL));
        }
        value.addType(Schema.SchemaType.NULL);
        if (value.getEnumeration() != null) {
            List<Object> values = new ArrayList<>(value.getEnumeration());
            values.add(null);
            value.setEnumeration(values);
        }
        return value;
    }

    /** Closes an object, and those in it. */
    private static void close(@Nullable Schema schema, Map<String, Schema> schemas, Set<String> closed) {
        if (schema == null) {
            return;
        }
        if (schema.getRef() != null) {
            String name = name(schema);
            if (closed.add(name)) {
                close(schemas.get(name), schemas, closed);
            }
            return;
        }
        if (schema.getAnyOf() != null && schema.getProperties() == null) {
            // the generator takes every class for an object
            schema.setType(null);
        }
        if (schema.getProperties() != null) {
            schema.setAdditionalPropertiesSchema(OASFactory.createSchema().booleanSchema(false));
            schema.getProperties().values().forEach(field -> close(field, schemas, closed));
        }
        close(schema.getItems(), schemas, closed);
        close(schema.getAdditionalPropertiesSchema(), schemas, closed);
        Stream.of(schema.getAnyOf(), schema.getOneOf())
                .flatMap(Stream::ofNullable)
                .flatMap(List::stream)
                .forEach(one -> close(one, schemas, closed));
    }

    private static Schema reference(String name) {
        return OASFactory.createSchema().ref(SCHEMAS + name);
    }

    private static String name(Schema reference) {
        return reference.getRef().substring(SCHEMAS.length());
    }
}
