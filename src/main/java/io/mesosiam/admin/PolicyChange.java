package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;

/** One requested change of one policy. */
public sealed interface PolicyChange {
    PolicyKey key();

    Precondition precondition();

    /** Creates the policy, or replaces all of its content. */
    record Put(PolicyKey key, JsonNode document, Precondition precondition) implements PolicyChange {}

    /** Changes an existing policy by a merge patch (RFC 7396). */
    record Patch(PolicyKey key, JsonNode patch, Precondition precondition) implements PolicyChange {}

    /** Gives the policy the content of an earlier version; creates it if it was deleted. */
    record Restore(PolicyKey key, PolicyContent content, Precondition precondition) implements PolicyChange {}

    record Delete(PolicyKey key, Precondition precondition) implements PolicyChange {}
}
