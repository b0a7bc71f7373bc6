package io.mesosiam.admin;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a change means for the stored row, before anything is written. */
sealed interface PolicyPlan {
    /** Inserts this row. */
    record Insert(PolicyEntity row) implements PolicyPlan {}

    /** Updates this row. */
    record Update(PolicyEntity row) implements PolicyPlan {}

    record Delete(PolicyEntity row) implements PolicyPlan {}

    /** The row is as requested. */
    record Keep(PolicyEntity row) implements PolicyPlan {}

    record Refuse(Refused why) implements PolicyPlan {}

    /** Plans a change of a row that is locked, or that does not exist. */
    static PolicyPlan of(PolicyChange change, @Nullable PolicyEntity row) {
        Optional<StoredPolicy> stored = Optional.ofNullable(row).map(StoredPolicy::of);
        Optional<String> tag = stored.map(StoredPolicy::tag);
        if (!change.precondition().holds(tag)) {
            return new Refuse(new Refused.PreconditionFailed(tag));
        }
        Optional<PolicyContent> before = stored.map(StoredPolicy::content);
        return switch (change) {
            case PolicyChange.Put put -> of(put.key(), PolicyContent.read(put.document(), before), row);
            case PolicyChange.Restore restore ->
                put(restore.key(), restore.content().withoutGeneratedExternalId(), row);
            case PolicyChange.Patch patch ->
                before.map(content -> of(patch.key(), content.patched(patch.patch()), row))
                        .orElseGet(() -> new Refuse(new Refused.NotFound()));
            case PolicyChange.Delete _ -> row == null ? new Refuse(new Refused.NotFound()) : new Delete(row);
        };
    }

    private static PolicyPlan of(PolicyKey key, PolicyContent.Read read, @Nullable PolicyEntity row) {
        return switch (read) {
            case PolicyContent.Read.Faulty faulty -> new Refuse(new Refused.Invalid(faulty.faults()));
            case PolicyContent.Read.Content content -> put(key, content.content(), row);
        };
    }

    private static PolicyPlan put(PolicyKey key, PolicyContent wanted, @Nullable PolicyEntity row) {
        Optional<PolicyContent> stored = Optional.ofNullable(row).map(PolicyColumns::read);
        PolicyContent content = wanted.keepingGeneratedExternalId(stored);
        if (row != null && stored.equals(Optional.of(content))) {
            return new Keep(row);
        }
        PolicyEntity next = row == null ? created(key) : row;
        PolicyColumns.write(content, next);
        return row == null ? new Insert(next) : new Update(next);
    }

    private static PolicyEntity created(PolicyKey key) {
        PolicyEntity row = new PolicyEntity();
        row.id = UUID.randomUUID();
        row.namespace = key.namespace();
        row.name = key.name();
        return row;
    }
}
