package io.mesosiam.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Evaluations of one task by the credential names that their policies concern, in the order of the policies.
 *
 * <p>A deny without a name concerns all names. The first ten of each kind of evaluation are listed with each name, further ones
 * with {@code default} alone: they decide nothing that the first one doesn't, and a task can have hundreds of them and of names.
 */
final class EvaluationsByName {
    private static final int OF_ALL_NAMES = 10;

    private final Map<CredentialName, List<Evaluation>> byName =
            new TreeMap<>(Comparator.comparing(CredentialName::value));
    private final List<Evaluation> ofAllNames = new ArrayList<>();

    EvaluationsByName(List<Evaluation> evaluations) {
        evaluations.forEach(this::add);
    }

    private void add(Evaluation evaluation) {
        if (evaluation.policy().rule() instanceof Rule.Deny deny && deny.name().isEmpty()) {
            addToAll(evaluation);
        } else {
            listed(evaluation.policy().credentialName()).add(evaluation);
        }
    }

    private void addToAll(Evaluation evaluation) {
        listed(CredentialName.DEFAULT).add(evaluation);
        long before = ofAllNames.stream()
                .filter(other -> other.getClass().equals(evaluation.getClass()))
                .count();
        if (before < OF_ALL_NAMES) {
            ofAllNames.add(evaluation);
            byName.forEach((name, listed) -> {
                if (!name.equals(CredentialName.DEFAULT)) {
                    listed.add(evaluation);
                }
            });
        }
    }

    private List<Evaluation> listed(CredentialName name) {
        return byName.computeIfAbsent(name, _ -> new ArrayList<>(ofAllNames));
    }

    /** The credential names that they give or deny, in order; {@code default} if there is none. */
    Set<CredentialName> names() {
        return byName.isEmpty() ? Set.of(CredentialName.DEFAULT) : Collections.unmodifiableSet(byName.keySet());
    }

    /** Those that concern the name. */
    List<Evaluation> of(CredentialName name) {
        return Collections.unmodifiableList(byName.getOrDefault(name, ofAllNames));
    }
}
