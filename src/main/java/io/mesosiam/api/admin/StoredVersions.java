package io.mesosiam.api.admin;

import io.mesosiam.admin.Found;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * The versions of objects of one kind, also of deleted ones. An object or a version that never existed is answered 404.
 *
 * @param described an object in a sentence
 * @param <K> what identifies an object
 * @param <R> a version
 */
public record StoredVersions<K, R>(Pages<K, R> pages, Lookup<K, R> lookup, Function<K, String> described) {
    /** Reads versions of an object, the newest first. */
    @FunctionalInterface
    public interface Pages<K, R> {
        Uni<Found<R>> list(K key, Optional<R> after, int limit);
    }

    /** Reads one version of an object. */
    @FunctionalInterface
    public interface Lookup<K, R> {
        Uni<Optional<R>> find(K key, UUID id, long version);
    }

    /**
     * The newest versions.
     *
     * @param after the last version of the previous page
     */
    public Uni<Found<R>> newest(K key, Optional<VersionTag> after, int limit) {
        return after.map(tag -> find(key, tag).map(Optional::of))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
                .chain(last -> pages.list(key, last, limit))
                .invoke(found -> {
                    if (found.objects().isEmpty() && after.isEmpty()) {
                        throw new ProblemException(
                                ProblemCode.NOT_FOUND, "there is and was no " + described.apply(key));
                    }
                });
    }

    /** One version. */
    public Uni<R> find(K key, VersionTag tag) {
        return lookup.find(key, tag.id(), tag.version())
                .map(found -> found.orElseThrow(() -> new ProblemException(
                        ProblemCode.NOT_FOUND, "there is no version " + tag.text() + " of " + described.apply(key))));
    }
}
