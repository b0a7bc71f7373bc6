package io.mesosiam.admin.trust;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.Precondition;
import java.util.UUID;

/** A change of one attribute trust. */
public sealed interface TrustChange {
    UUID id();

    Precondition precondition();

    /** Creates or replaces it; the document is the whole content. */
    record Put(UUID id, JsonNode document, Precondition precondition) implements TrustChange {}

    /** Changes the fields that a merge patch names. */
    record Patch(UUID id, JsonNode patch, Precondition precondition) implements TrustChange {}

    record Delete(UUID id, Precondition precondition) implements TrustChange {}
}
