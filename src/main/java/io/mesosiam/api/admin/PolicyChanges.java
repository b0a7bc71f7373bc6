package io.mesosiam.api.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.PolicyChange;
import io.mesosiam.admin.PolicyKey;
import io.mesosiam.admin.Precondition;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the body of a bulk request: {@code {"changes": [{"action": "put", "namespace": "/", "name": "x", "content":
 * {…}}]}}. Collects the faults of all items.
 */
final class PolicyChanges {
    static final int MOST = 1000;

    private static final Set<String> FIELDS = Set.of("action", "namespace", "name", "content", "patch", "ifMatch");

    private final List<Problem.FieldError> errors = new ArrayList<>();
    private final List<PolicyChange> changes = new ArrayList<>();
    private final Set<PolicyKey> keys = new HashSet<>();

    private PolicyChanges() {}

    /** @throws ProblemException naming every fault of the form of every item */
    static List<PolicyChange> read(JsonNode body, String requestId) {
        PolicyChanges reading = new PolicyChanges();
        reading.all(body);
        if (!reading.errors.isEmpty()) {
            throw invalid(reading.errors, requestId);
        }
        return List.copyOf(reading.changes);
    }

    static ProblemException invalid(List<Problem.FieldError> errors, String requestId) {
        return new ProblemException(
                ProblemCode.INVALID_OBJECT,
                errors.size() == 1 ? "1 invalid field" : errors.size() + " invalid fields",
                new Problem.Extras(Optional.of(requestId), errors, Optional.empty()));
    }

    private void all(JsonNode body) {
        body.fieldNames()
                .forEachRemaining(field -> require(field, field.equals("changes"), "is not a field of this request"));
        JsonNode items = body.path("changes");
        if (require(
                "changes",
                items.isArray() && !items.isEmpty() && items.size() <= MOST,
                "must be an array of 1 to " + MOST + " changes")) {
            for (int i = 0; i < items.size(); i++) {
                item("changes[" + i + "]", items.get(i));
            }
        }
    }

    private void item(String at, JsonNode item) {
        if (!require(at, item.isObject(), "must be an object")) {
            return;
        }
        item.fieldNames()
                .forEachRemaining(
                        field -> require(at + "." + field, FIELDS.contains(field), "is not a field of a change"));
        Optional<PolicyKey> key = key(at, item);
        key.ifPresent(known -> require(at, keys.add(known), "is a second change of " + known));
        Precondition precondition = precondition(at, item);
        switch (item.path("action").asText("")) {
            case "put" -> {
                if (body(at, item, "content")) {
                    key.ifPresent(
                            known -> changes.add(new PolicyChange.Put(known, item.path("content"), precondition)));
                }
            }
            case "patch" -> {
                if (body(at, item, "patch")) {
                    key.ifPresent(
                            known -> changes.add(new PolicyChange.Patch(known, item.path("patch"), precondition)));
                }
            }
            case "delete" -> {
                if (body(at, item, "")) {
                    key.ifPresent(known -> changes.add(new PolicyChange.Delete(known, precondition)));
                }
            }
            default -> require(at + ".action", false, "must be put, patch or delete");
        }
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

    private Optional<PolicyKey> key(String at, JsonNode item) {
        String namespace = item.path("namespace").asText("");
        String name = item.path("name").asText("");
        boolean hasNamespace = require(
                at + ".namespace",
                item.path("namespace").isTextual() && namespace.matches(PolicyKey.NAMESPACE),
                "must be a path such as /data/reporting, at most 8 deep");
        boolean hasName = require(
                at + ".name",
                item.path("name").isTextual() && name.matches(PolicyKey.NAME),
                "must have 1 to 128 letters, digits or inner . _ -");
        return hasNamespace && hasName ? Optional.of(new PolicyKey(namespace, name)) : Optional.empty();
    }

    private Precondition precondition(String at, JsonNode item) {
        JsonNode tag = item.path("ifMatch");
        if (tag.isMissingNode() || tag.isNull()) {
            return new Precondition.None();
        }
        require(
                at + ".ifMatch",
                tag.isTextual()
                        && (tag.textValue().equals("*") || tag.textValue().matches(AdminDocs.VERSION_PATTERN)),
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
