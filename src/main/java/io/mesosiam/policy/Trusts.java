package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Determines which selectors are self-asserted, that is, whose values the task's framework chooses. */
final class Trusts {
    private final Set<AttributeTrust> stated;

    Trusts(Collection<AttributeTrust> stated) {
        this.stated = Set.copyOf(stated);
    }

    Set<AttributeTrust> stated() {
        return stated;
    }

    /** Returns the self-asserted ones among the selectors. */
    List<Selector> selfAsserted(List<Selector> selectors, Subject subject) {
        if (!subject.enforcement().principals()) {
            return selectors;
        }
        Optional<String> principal = subject.framework().flatMap(Framework::principal);
        return selectors.stream().filter(s -> !isVouchedFor(s, principal)).toList();
    }

    private boolean isVouchedFor(Selector selector, Optional<String> principal) {
        return selector.attribute() == Attribute.FRAMEWORK_PRINCIPAL
                || principal.filter(p -> isStated(p, selector)).isPresent();
    }

    private boolean isStated(String principal, Selector selector) {
        return stated.contains(new AttributeTrust(principal, selector.attribute(), Optional.empty()))
                || stated.contains(new AttributeTrust(principal, selector.attribute(), selector.key()));
    }
}
