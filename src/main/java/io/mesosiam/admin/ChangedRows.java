package io.mesosiam.admin;

import io.mesosiam.admin.ChangeReview.Changed;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/** Reads the rows that a transaction has written, with the values that triggers have set. */
final class ChangedRows {
    /** The text of {@code json} columns stays as it is written, so that a reader finds the same faults as in the table. */
    private static final String ROWS = """
            select cast(id as text), cast(row_to_json(policy) as text) from policy
            where id = any(cast(string_to_array(:ids, ',') as uuid[]))""";

    private static final String VERSION = "select version from policy_version";

    private ChangedRows() {}

    /** The version of all policies before this transaction changed that many, each by one statement, which counts it. */
    static Uni<Long> base(StatelessSession session, int changes) {
        return session.createNativeQuery(VERSION, Long.class).getSingleResult().map(version -> version - changes);
    }

    static Uni<List<Changed>> of(StatelessSession session, List<Written<StoredPolicy>> outcomes) {
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
        return session.createNativeQuery(ROWS, Object[].class)
                .setParameter("ids", written)
                .getResultList()
                .map(rows -> Stream.concat(deleted.stream(), rows.stream().map(ChangedRows::changed))
                        .toList());
    }

    private static Stream<StoredPolicy> written(Written<StoredPolicy> outcome) {
        return switch (outcome) {
            case Written.Created<StoredPolicy>(StoredPolicy policy) -> Stream.of(policy);
            case Written.Changed<StoredPolicy>(StoredPolicy policy) -> Stream.of(policy);
            case Written.Unchanged<StoredPolicy> _, Written.Deleted<StoredPolicy> _, Written.Not<StoredPolicy> _ ->
                Stream.empty();
        };
    }

    private static Changed changed(Object[] columns) {
        return new Changed(UUID.fromString(String.valueOf(columns[0])), Optional.of(String.valueOf(columns[1])));
    }
}
