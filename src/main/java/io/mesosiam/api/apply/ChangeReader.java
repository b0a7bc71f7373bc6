package io.mesosiam.api.apply;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.Change;
import io.mesosiam.admin.PolicyContent;
import io.mesosiam.admin.PolicyKey;
import io.mesosiam.admin.Precondition;
import io.mesosiam.admin.namespace.NamespaceContent;
import io.mesosiam.admin.trust.TrustContent;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.spelling.UnknownNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads the body of a bulk request: {@code {"changes": [{"action": "put", "namespace": "/", "name": "x", "content":
 * {…}}]}}. An item with {@code "kind": "namespace"} changes the namespace itself, one with {@code "kind":
 * "attribute-trust"} and an {@code id} attribute trust. Collects the faults of all items.
 */
final class ChangeReader {
    static final int MOST = 1000;
    static final String POLICY = "policy";
    static final String NAMESPACE = "namespace";
    static final String TRUST = "attribute-trust";

    private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    static final String IF_MATCH = "^(\\*|" + AdminDocs.VERSION + ")$";

    private static final Set<String> FIELDS =
            Set.of("kind", "action", "namespace", "name", "id", "content", "patch", "ifMatch");

    private final List<Problem.FieldError> errors = new ArrayList<>();
    private final UnknownNames unknown = new UnknownNames(FIELDS);
    private final List<Item> items = new ArrayList<>();
    private final Set<Object> keys = new HashSet<>();

    private ChangeReader() {}

    /** One change of the request. */
    sealed interface Item {
        /** A change of a policy. */
        record OfPolicy(Change<PolicyKey, PolicyContent> change) implements Item {}

        /** A change of a namespace. */
        record OfNamespace(Change<String, NamespaceContent> change) implements Item {}

        /** A change of attribute trust. */
        record OfTrust(Change<UUID, TrustContent> change) implements Item {}
    }

    /**
     * Reads the items.
     *
     * @param parameters those of the request
     * @throws ProblemException naming every fault of the form of every item, with the wrong parameters if there are any
     */
    static List<Item> read(JsonNode body, Parameters parameters) {
        ChangeReader reading = new ChangeReader();
        reading.all(body);
        if (!reading.errors.isEmpty()) {
            refuse(reading.errors, parameters);
        }
        return List.copyOf(reading.items);
    }

    /** Ends a request whose body has faults. */
    static void refuse(List<Problem.FieldError> errors, Parameters parameters) {
        if (parameters.isClean()) {
            throw ProblemException.invalidObject(errors);
        }
        errors.forEach(error -> parameters.require(error.field(), false, error.message()));
        parameters.check();
    }

    private void all(JsonNode body) {
        body.fieldNames()
                .forEachRemaining(field ->
                        require(field, field.equals("changes"), new UnknownNames(Set.of("changes")).message(field)));
        JsonNode changes = body.path("changes");
        if (require(
                "changes",
                changes.isArray() && !changes.isEmpty() && changes.size() <= MOST,
                "must be an array of 1 to " + MOST + " changes")) {
            for (int i = 0; i < changes.size(); i++) {
                item("changes[" + i + "]", changes.get(i));
            }
        }
    }

    private void item(String at, JsonNode item) {
        if (!require(at, item.isObject(), "must be an object")) {
            return;
        }
        item.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                require(at + "." + field, false, unknown.message(field));
            }
        });
        switch (item.path("kind").asText(item.has("kind") ? "" : POLICY)) {
            case POLICY -> {
                require(at + ".id", !item.has("id"), "is not for a policy");
                key(at, item)
                        .ifPresentOrElse(key -> change(at, item, key, Item.OfPolicy::new), () -> unnamed(at, item));
            }
            case NAMESPACE -> {
                require(at + ".name", !item.has("name"), "is not for a namespace");
                require(at + ".id", !item.has("id"), "is not for a namespace");
                namespace(at, item)
                        .ifPresentOrElse(
                                path -> change(at, item, path, Item.OfNamespace::new), () -> unnamed(at, item));
            }
            case TRUST -> {
                require(at + ".name", !item.has("name"), "is not for attribute trust");
                require(at + ".namespace", !item.has("namespace"), "is not for attribute trust");
                id(at, item).ifPresentOrElse(id -> change(at, item, id, Item.OfTrust::new), () -> unnamed(at, item));
            }
            default -> require(at + ".kind", false, "must be " + POLICY + ", " + NAMESPACE + " or " + TRUST);
        }
    }

    private <K, C> void change(String at, JsonNode item, K key, Function<Change<K, C>, Item> of) {
        require(at, keys.add(key), "is a second change of " + key);
        this.<K, C>read(at, item, key).map(of).ifPresent(items::add);
    }

    /** Reports the other faults of an item that names no object. */
    private void unnamed(String at, JsonNode item) {
        var _ = this.<String, Object>read(at, item, "");
    }

    private <K, C> Optional<Change<K, C>> read(String at, JsonNode item, K key) {
        Precondition precondition = precondition(at, item);
        return switch (item.path("action").asText("")) {
            case "put" ->
                body(at, item, "content")
                        ? Optional.of(new Change.Put<>(key, item.path("content"), precondition))
                        : Optional.empty();
            case "patch" ->
                body(at, item, "patch")
                        ? Optional.of(new Change.Patch<>(key, item.path("patch"), precondition))
                        : Optional.empty();
            case "delete" ->
                body(at, item, "") ? Optional.of(new Change.Delete<>(key, precondition)) : Optional.empty();
            default -> {
                require(at + ".action", false, "must be put, patch or delete");
                yield Optional.empty();
            }
        };
    }

    /** Whether the item has the one field that its action needs, as an object, and not the other. */
    private boolean body(String at, JsonNode item, String wanted) {
        boolean valid = true;
        for (String field : List.of("content", "patch")) {
            boolean holds = field.equals(wanted) ? item.path(field).isObject() : !item.has(field);
            valid &= require(
                    at + "." + field, holds, field.equals(wanted) ? "must be an object" : "is not for this action");
        }
        return valid;
    }

    private Optional<UUID> id(String at, JsonNode item) {
        String id = item.path("id").asText("");
        boolean valid = require(at + ".id", id.matches(ID), "must be the UUID of an attribute trust, in lower case");
        return valid ? Optional.of(UUID.fromString(id)) : Optional.empty();
    }

    private Optional<PolicyKey> key(String at, JsonNode item) {
        String name = item.path("name").asText("");
        Optional<String> namespace = namespace(at, item);
        boolean hasName = require(
                at + ".name",
                item.path("name").isTextual() && name.matches(PolicyKey.NAME),
                "must have 1 to 128 letters, digits or inner . _ -");
        return namespace.filter(_ -> hasName).map(path -> new PolicyKey(path, name));
    }

    private Optional<String> namespace(String at, JsonNode item) {
        return Optional.of(item.path("namespace"))
                .filter(path -> require(
                        at + ".namespace",
                        path.isTextual() && path.textValue().matches(PolicyKey.NAMESPACE),
                        "must be a path such as /data/reporting, at most 8 deep"))
                .map(JsonNode::textValue);
    }

    private Precondition precondition(String at, JsonNode item) {
        JsonNode tag = item.path("ifMatch");
        if (tag.isMissingNode()) {
            return new Precondition.None();
        }
        require(
                at + ".ifMatch",
                tag.isTextual() && tag.textValue().matches(IF_MATCH),
                "must be the tag of a version, or * for any");
        return tag.asText().equals("*") ? new Precondition.Exists() : new Precondition.Is(List.of(tag.asText()));
    }

    private boolean require(String field, boolean holds, String message) {
        if (!holds) {
            errors.add(new Problem.FieldError(field.length() <= 200 ? field : field.substring(0, 200), message));
        }
        return holds;
    }
}
