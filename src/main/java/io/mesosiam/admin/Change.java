package io.mesosiam.admin;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One requested change of one object.
 *
 * @param <K> what identifies the object
 * @param <C> its content
 */
public sealed interface Change<K, C> {
    K key();

    Precondition precondition();

    /** Creates the object, or replaces all of its content. */
    record Put<K, C>(K key, JsonNode document, Precondition precondition) implements Change<K, C> {}

    /** Changes an existing object by a merge patch (RFC 7396). */
    record Patch<K, C>(K key, JsonNode patch, Precondition precondition) implements Change<K, C> {}

    /** Gives the object the content of an earlier version; creates it if it was deleted. */
    record Restore<K, C>(K key, C content, Precondition precondition) implements Change<K, C> {}

    record Delete<K, C>(K key, Precondition precondition) implements Change<K, C> {}
}
