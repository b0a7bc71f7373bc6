package io.mesosiam.admin.change;

import io.mesosiam.admin.trust.StoredTrust;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Examines the changes that a transaction has made, before it is committed. */
@FunctionalInterface
public interface ChangeReview {
    /** Decides whether the transaction is committed. A failure rolls it back too, and is the outcome of the write. */
    Uni<Boolean> commits(Rows changed);

    /**
     * What a transaction has changed.
     *
     * @param policies the policies that were written, each once; those that were already as requested are not in it
     * @param writtenNamespaces the paths of the namespaces that were created or changed
     * @param namespaces every namespace after the change, each row as a JSON object of columns; empty if none was created,
     *     changed or deleted
     * @param trusts all attribute trust after the change; empty if none was created, changed or deleted
     * @param base the version of all policies that the changes were made on. If there are changes, no other transaction
     *     changes policies, attribute trust or namespaces before this one ends
     */
    record Rows(
            List<Changed> policies,
            Set<String> writtenNamespaces,
            List<String> namespaces,
            Optional<List<StoredTrust>> trusts,
            long base) {
        public Rows {
            policies = List.copyOf(policies);
            writtenNamespaces = Set.copyOf(writtenNamespaces);
            namespaces = List.copyOf(namespaces);
            trusts = trusts.map(List::copyOf);
        }

        public boolean isEmpty() {
            return policies.isEmpty() && namespaces.isEmpty() && trusts.isEmpty();
        }
    }

    /**
     * A policy after a change that is not committed yet.
     *
     * @param row its row as a JSON object of columns; empty if it was deleted
     */
    record Changed(UUID policy, Optional<String> row) {}
}
