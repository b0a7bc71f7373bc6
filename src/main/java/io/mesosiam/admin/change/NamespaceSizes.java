package io.mesosiam.admin.change;

import io.mesosiam.admin.Refused;
import io.mesosiam.admin.namespace.StoredNamespace;
import io.mesosiam.policy.bounds.Namespace;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/**
 * How much a topmost namespace can have, with the namespaces below it: every controller has all policies and namespaces in
 * memory. Only who may write everywhere writes policies of {@code /}, which has no limit.
 */
final class NamespaceSizes {
    private static final int POLICIES = 10_000;
    private static final int NAMESPACES = 1_000;
    private static final int NAMESPACE_BYTES = 1 << 20;

    private static final String SIZES = """
            with below as (
                select cast(n as text) as content from namespace as n
                where cast(path as text) = :top or starts_with(cast(path as text), :top || '/'))
            select (select count(*) from policy
                    where cast(namespace as text) = :top or starts_with(cast(namespace as text), :top || '/')),
                (select count(*) from below), (select coalesce(sum(octet_length(content)), 0) from below)""";

    private NamespaceSizes() {}

    /** Why the changes that a transaction has written can't be stored; empty if they can. */
    static Uni<Optional<Refused>> exceeded(StatelessSession session, Applied applied) {
        List<String> tops = Stream.concat(
                        applied.policies().stream()
                                .flatMap(ChangedRows::written)
                                .map(policy -> policy.key().namespace()),
                        applied.namespaces().stream()
                                .flatMap(ChangedRows::written)
                                .map(StoredNamespace::path))
                .filter(namespace -> !namespace.equals("/"))
                .map(Namespace::topmost)
                .distinct()
                .toList();
        return Multi.createFrom()
                .iterable(tops)
                .onItem()
                .transformToUniAndConcatenate(top -> exceeded(session, top))
                .select()
                .where(Optional::isPresent)
                .toUni()
                .map(first -> Optional.ofNullable(first).flatMap(found -> found));
    }

    private static Uni<Optional<Refused>> exceeded(StatelessSession session, String top) {
        return session.createNativeQuery(SIZES, Object[].class)
                .setParameter("top", top)
                .getSingleResult()
                .map(sizes -> exceeded(top, sizes).map(Refused.Conflict::new));
    }

    private static Optional<String> exceeded(String top, Object[] sizes) {
        String with = "namespace " + top + " has, with those below it, at most ";
        return Stream.of(
                        above(sizes[0], POLICIES, "10,000 policies"),
                        above(sizes[1], NAMESPACES, "1,000 namespaces"),
                        above(sizes[2], NAMESPACE_BYTES, "1 MiB of bounds of namespaces"))
                .flatMap(Optional::stream)
                .map(most -> with + most)
                .findFirst();
    }

    private static Optional<String> above(Object size, int most, String text) {
        return Optional.of(text).filter(_ -> ((Number) size).longValue() > most);
    }
}
