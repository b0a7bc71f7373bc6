package io.mesosiam.admin.namespace;

import io.mesosiam.admin.Change;
import io.mesosiam.admin.Plans;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Written;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Changes of namespaces that a transaction has planned: first those that create or change, and later those that delete. */
public final class NamespacePlans {
    private final List<Change<String, NamespaceContent>> changes;
    private final Plans<StoredNamespace> storing;
    private final Plans<StoredNamespace> deleting;

    /** @param deleting the deletions in the reverse order of the changes: a namespace after those below it */
    NamespacePlans(
            List<Change<String, NamespaceContent>> changes,
            Plans<StoredNamespace> storing,
            Plans<StoredNamespace> deleting) {
        this.changes = changes;
        this.storing = storing;
        this.deleting = deleting;
    }

    /** Whether a change is refused. */
    public boolean refused() {
        return storing.refused() || deleting.refused();
    }

    /** The outcomes if nothing is written. */
    public List<Written<StoredNamespace>> unwritten() {
        return outcomes(storing.unwritten(), deleting.unwritten());
    }

    /** Creates and changes. */
    public Uni<List<Written<StoredNamespace>>> stored() {
        return storing.written();
    }

    /** Deletes, if nothing else of the namespaces is stored any more. */
    public Uni<List<Written<StoredNamespace>>> deleted() {
        return deleting.written()
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(failure -> deleting.unwritten().stream()
                        .<Written<StoredNamespace>>map(_ -> new Written.Not<>(refused(failure)))
                        .toList());
    }

    /** A row that references the namespace is the only thing that a deletion can violate. */
    private static Refused refused(Throwable failure) {
        return Refusals.of(failure).orElseThrow() instanceof Refused.Invalid
                ? new Refused.Conflict(
                        "the namespace has policies, launch grants that have not ended, or namespaces below it")
                : Refusals.of(failure).orElseThrow();
    }

    /** The outcomes in the order of the changes. */
    public List<Written<StoredNamespace>> outcomes(
            List<Written<StoredNamespace>> stored, List<Written<StoredNamespace>> deleted) {
        Iterator<Written<StoredNamespace>> first = stored.iterator();
        Iterator<Written<StoredNamespace>> then = deleted.reversed().iterator();
        List<Written<StoredNamespace>> all = new ArrayList<>();
        changes.forEach(change -> all.add(isDeletion(change) ? then.next() : first.next()));
        return all;
    }

    static boolean isDeletion(Change<String, NamespaceContent> change) {
        return change instanceof Change.Delete;
    }
}
