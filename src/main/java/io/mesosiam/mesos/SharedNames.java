package io.mesosiam.mesos;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The names that many tasks of one listing have in common, each kept once: a cluster's frameworks, Mesos agents, roles
 * and labels are few beside its tasks. Bounded, since what a framework writes into labels is its own.
 */
final class SharedNames {
    private static final int MAX_SHARED = 100_000;

    private final Map<String, FrameworkId> frameworks = new HashMap<>();
    private final Map<String, MesosAgentId> agents = new HashMap<>();
    private final Map<String, MesosRole> roles = new HashMap<>();
    private final Map<Label, Label> labels = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();

    FrameworkId framework(String value) {
        return shared(frameworks, value, FrameworkId::new);
    }

    MesosAgentId agent(String value) {
        return shared(agents, value, MesosAgentId::new);
    }

    MesosRole role(String value) {
        return shared(roles, value, MesosRole::new);
    }

    Label label(Label value) {
        return shared(labels, value, Function.identity());
    }

    String text(String value) {
        return shared(texts, value, Function.identity());
    }

    private static <K, V> V shared(Map<K, V> known, K key, Function<K, V> make) {
        V value = known.get(key);
        if (value == null) {
            value = make.apply(key);
            if (known.size() < MAX_SHARED) {
                known.put(key, value);
            }
        }
        return value;
    }
}
