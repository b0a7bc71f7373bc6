package io.mesosiam.admin;

/**
 * The outcome of a write.
 *
 * @param <T> the object after the write
 */
public sealed interface Written<T> {
    /** The object was created. */
    record Created<T>(T stored) implements Written<T> {}

    /** The object was changed. */
    record Changed<T>(T stored) implements Written<T> {}

    /** The object was already as requested; nothing was written. */
    record Unchanged<T>(T stored) implements Written<T> {}

    /** The object was deleted; this is its last version. */
    record Deleted<T>(T last) implements Written<T> {}

    /** Nothing was written. */
    record Not<T>(Refused why) implements Written<T> {}
}
