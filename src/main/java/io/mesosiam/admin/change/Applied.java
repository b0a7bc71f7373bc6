package io.mesosiam.admin.change;

import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.namespace.StoredNamespace;
import io.mesosiam.admin.trust.StoredTrust;
import java.util.List;
import java.util.stream.Stream;

/** The outcomes of a transaction, each list in the order of its changes. */
public record Applied(
        List<Written<StoredNamespace>> namespaces,
        List<Written<StoredTrust>> trusts,
        List<Written<StoredPolicy>> policies) {
    public Applied {
        namespaces = List.copyOf(namespaces);
        trusts = List.copyOf(trusts);
        policies = List.copyOf(policies);
    }

    /** Whether a change was refused, so that nothing is stored. */
    boolean refused() {
        return Stream.of(namespaces, trusts, policies).flatMap(List::stream).anyMatch(Written.Not.class::isInstance);
    }
}
