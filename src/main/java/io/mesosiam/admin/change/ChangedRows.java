package io.mesosiam.admin.change;

import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.change.ChangeReview.Changed;
import io.mesosiam.admin.change.ChangeReview.Rows;
import io.mesosiam.admin.namespace.StoredNamespace;
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.admin.trust.Trusts;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/** Reads the rows that a transaction has written, with the values that triggers have set. */
final class ChangedRows {
    /** The text of {@code json} columns stays as it is written, so that a reader finds the same faults as in the table. */
    private static final String POLICIES = """
            select cast(id as text), cast(row_to_json(policy) as text) from policy
            where id = any(cast(string_to_array(:ids, ',') as uuid[]))""";

    private static final String VERSION = "select version from policy_version";

    private static final String NAMESPACES = "select cast(row_to_json(namespace) as text) from namespace";

    private ChangedRows() {}

    static Uni<Rows> of(StatelessSession session, Applied applied) {
        Set<String> written = applied.namespaces().stream()
                .flatMap(ChangedRows::written)
                .map(StoredNamespace::path)
                .collect(Collectors.toUnmodifiableSet());
        long bounds = changes(applied.namespaces());
        long statements = changes(applied.trusts());
        return policies(session, applied.policies()).chain(policies -> (bounds > 0
                        ? namespaces(session)
                        : Uni.createFrom().item(List.<String>of()))
                .chain(namespaces -> (statements > 0
                                ? Trusts.all(session).map(Optional::of)
                                : Uni.createFrom().item(Optional.<List<StoredTrust>>empty()))
                        .chain(trusts -> base(session, policies.size() + bounds + statements)
                                .map(base -> new Rows(policies, written, namespaces, trusts, base)))));
    }

    /** How many of the changes have written something. */
    private static <S> long changes(List<Written<S>> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome instanceof Written.Deleted
                        || written(outcome).findAny().isPresent())
                .count();
    }

    private static Uni<List<String>> namespaces(StatelessSession session) {
        return session.createNativeQuery(NAMESPACES, String.class).getResultList();
    }

    /** The version of all policies before this transaction made that many changes, each by one statement, which counts it. */
    private static Uni<Long> base(StatelessSession session, long changes) {
        return session.createNativeQuery(VERSION, Long.class).getSingleResult().map(version -> version - changes);
    }

    private static Uni<List<Changed>> policies(StatelessSession session, List<Written<StoredPolicy>> outcomes) {
        List<Changed> deleted = outcomes.stream()
                .flatMap(outcome -> outcome instanceof Written.Deleted<StoredPolicy>(StoredPolicy last)
                        ? Stream.of(new Changed(last.id(), Optional.empty()))
                        : Stream.empty())
                .toList();
        String written = outcomes.stream()
                .flatMap(ChangedRows::written)
                .map(policy -> policy.id().toString())
                .collect(Collectors.joining(","));
        if (written.isEmpty()) {
            return Uni.createFrom().item(deleted);
        }
        return session.createNativeQuery(POLICIES, Object[].class)
                .setParameter("ids", written)
                .getResultList()
                .map(rows -> Stream.concat(deleted.stream(), rows.stream().map(ChangedRows::changed))
                        .toList());
    }

    /** What a change has written; nothing for a deletion. */
    static <S> Stream<S> written(Written<S> outcome) {
        return switch (outcome) {
            case Written.Created<S>(S stored) -> Stream.of(stored);
            case Written.Changed<S>(S stored) -> Stream.of(stored);
            case Written.Unchanged<S> _, Written.Deleted<S> _, Written.Not<S> _ -> Stream.empty();
        };
    }

    private static Changed changed(Object[] columns) {
        return new Changed(UUID.fromString(String.valueOf(columns[0])), Optional.of(String.valueOf(columns[1])));
    }
}
