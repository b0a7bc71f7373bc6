package io.mesosiam.admin;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Examines the changes of policies that a transaction has made, before it is committed. */
@FunctionalInterface
public interface ChangeReview {
    /**
     * Decides whether the transaction is committed. A failure rolls it back too, and is the outcome of the write.
     *
     * @param changes the policies that were written, each once; those that were already as requested are not in it
     * @param base the version of all policies that the changes were made on. If there are changes, no other transaction
     *     changes policies, attribute trust or namespaces before this one ends
     */
    Uni<Boolean> commits(List<Changed> changes, long base);

    /**
     * A policy after a change that is not committed yet.
     *
     * @param row its row as a JSON object of columns; empty if it was deleted
     */
    record Changed(UUID policy, Optional<String> row) {}
}
