package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.spelling.UnknownNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What operators set of a policy: a value of the right JSON type for each field that is set, defaults included.
 * Whether the values are valid is for the database to say.
 */
public record PolicyContent(Map<PolicyField, JsonNode> values) {
    /** In place of the external id, which is not shown: whether there is one. */
    public static final String HAS_EXTERNAL_ID = "hasExternalId";

    public PolicyContent {
        Map<PolicyField, JsonNode> copy = new EnumMap<>(PolicyField.class);
        values.forEach((field, value) -> copy.put(field, field.kind().normal(value)));
        for (PolicyField field : PolicyField.values()) {
            field.standard()
                    .ifPresent(standard -> copy.putIfAbsent(field, field.kind().normal(standard)));
        }
        values = Collections.unmodifiableMap(copy);
    }

    /** The content of a document, or every fault that can be found without the database. */
    sealed interface Read {
        record Content(PolicyContent content) implements Read {}

        /**
         * A document with faults.
         *
         * @param others the fields without a fault
         */
        record Faulty(List<Fault> faults, PolicyContent others) implements Read {
            public Faulty {
                faults = List.copyOf(faults);
            }
        }
    }

    /**
     * Reads a whole document. A field that is absent or null has its default.
     *
     * @param stored the content that the document replaces; its external id stays if the document states {@code
     *     hasExternalId: true} and no external id
     */
    static Read read(JsonNode document, Optional<PolicyContent> stored) {
        List<Fault> faults = new ArrayList<>();
        Map<PolicyField, JsonNode> values = new EnumMap<>(PolicyField.class);
        UnknownNames unknown = new UnknownNames(PolicyField.names());
        document.properties().forEach(entry -> {
            Optional<PolicyField> field = PolicyField.named(entry.getKey());
            if (field.isEmpty()) {
                if (!entry.getKey().equals(HAS_EXTERNAL_ID)) {
                    faults.add(new Fault(JsonText.shortened(entry.getKey()), unknown.message(entry.getKey())));
                }
            } else if (!entry.getValue().isNull()) {
                JsonText.fault(field.get().json(), field.get().kind(), entry.getValue())
                        .ifPresentOrElse(faults::add, () -> values.put(field.get(), entry.getValue()));
            }
        });
        if (!values.containsKey(PolicyField.EFFECT)
                && faults.stream().noneMatch(fault -> fault.field().equals(PolicyField.EFFECT.json()))) {
            faults.add(new Fault(PolicyField.EFFECT.json(), "is required: allow or deny"));
        }
        keepExternalId(document, stored, values).ifPresent(faults::add);
        PolicyContent content = new PolicyContent(values);
        return faults.isEmpty() ? new Read.Content(content) : new Read.Faulty(faults, content);
    }

    private static Optional<Fault> keepExternalId(
            JsonNode document, Optional<PolicyContent> stored, Map<PolicyField, JsonNode> values) {
        JsonNode has = document.path(HAS_EXTERNAL_ID);
        if (has.isMissingNode() || has.isNull()) {
            return Optional.empty();
        }
        if (!has.isBoolean()) {
            return Optional.of(new Fault(HAS_EXTERNAL_ID, "must be true or false"));
        }
        if (has.booleanValue() && !document.has(PolicyField.EXTERNAL_ID.json())) {
            Optional<JsonNode> kept = stored.flatMap(content -> content.value(PolicyField.EXTERNAL_ID));
            kept.ifPresent(id -> values.put(PolicyField.EXTERNAL_ID, id));
            return kept.isPresent()
                    ? Optional.empty()
                    : Optional.of(new Fault(PolicyField.EXTERNAL_ID.json(), "is required: none is stored"));
        }
        return has.booleanValue() == values.containsKey(PolicyField.EXTERNAL_ID)
                ? Optional.empty()
                : Optional.of(new Fault(HAS_EXTERNAL_ID, "contradicts externalId"));
    }

    /** Applies a merge patch (RFC 7396) to this content, and reads the result. */
    Read patched(JsonNode patch) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        values.forEach((field, value) -> document.set(field.json(), value.deepCopy()));
        return read(MergePatch.apply(document, patch), Optional.of(this));
    }

    Optional<JsonNode> value(PolicyField field) {
        return Optional.ofNullable(values.get(field));
    }

    /** A value that the API may show; empty if it is not set or confidential. */
    public Optional<JsonNode> shown(PolicyField field) {
        return value(field).filter(_ -> field != PolicyField.EXTERNAL_ID || hasGeneratedExternalId());
    }

    /** The fields as the API shows them: all that are set, and whether there is an external id. */
    public ObjectNode document() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        values.keySet().forEach(field -> shown(field).ifPresent(value -> document.set(field.json(), value)));
        return document.put(HAS_EXTERNAL_ID, values.containsKey(PolicyField.EXTERNAL_ID));
    }

    private boolean hasGeneratedExternalId() {
        return value(PolicyField.UNIQUE_EXTERNAL_ID).map(JsonNode::booleanValue).orElse(false);
    }

    /**
     * This content for a stored policy: the database generates an external id once for a policy and keeps it, so a document
     * that leaves it out means the stored one.
     */
    PolicyContent keepingGeneratedExternalId(Optional<PolicyContent> stored) {
        if (!hasGeneratedExternalId() || values.containsKey(PolicyField.EXTERNAL_ID)) {
            return this;
        }
        return stored.filter(PolicyContent::hasGeneratedExternalId)
                .flatMap(content -> content.value(PolicyField.EXTERNAL_ID))
                .map(id -> with(PolicyField.EXTERNAL_ID, id))
                .orElse(this);
    }

    /** This content for another policy, for which the database generates another external id. */
    PolicyContent withoutGeneratedExternalId() {
        if (!hasGeneratedExternalId()) {
            return this;
        }
        Map<PolicyField, JsonNode> kept = new EnumMap<>(values);
        kept.remove(PolicyField.EXTERNAL_ID);
        return new PolicyContent(kept);
    }

    private PolicyContent with(PolicyField field, JsonNode value) {
        Map<PolicyField, JsonNode> changed = new EnumMap<>(values);
        changed.put(field, value);
        return new PolicyContent(changed);
    }

    /** The fields that differ, in order. */
    public List<PolicyField> changedFields(PolicyContent other) {
        return Arrays.stream(PolicyField.values())
                .filter(field -> !Objects.equals(values.get(field), other.values.get(field)))
                .toList();
    }

    /** The row as a JSON object of columns, as the database's check of a whole row reads it. */
    ObjectNode columns() {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        values.forEach((field, value) -> {
            if (field.kind() == FieldKind.SECONDS) {
                row.put(field.column(), value.longValue() + " seconds");
            } else {
                row.set(field.column(), value);
            }
        });
        return row;
    }

    /** Names fields only: an external id is confidential. */
    @Override
    public String toString() {
        return "PolicyContent" + values.keySet();
    }
}
