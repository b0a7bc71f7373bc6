package io.mesosiam.mesos.json;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task.Label;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Shares equal names of the tasks in listings: a cluster has few frameworks, Mesos agents, roles and labels in
 * comparison with its tasks.
 *
 * <p>Memory is bounded, because frameworks choose names and labels: longer texts are not shared, and a full table is
 * cleared, which also removes names that are no longer used. There are at most 5 tables of {@value #MAX_SHARED} texts
 * with {@value #MAX_LENGTH} characters each.
 */
final class Interner {
    static final int MAX_SHARED = 20_000;
    static final int MAX_LENGTH = 256;

    private final Map<String, FrameworkId> frameworks = new HashMap<>();
    private final Map<String, MesosAgentId> agents = new HashMap<>();
    private final Map<String, MesosRole> roles = new HashMap<>();
    private final Map<Label, Label> labels = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();

    FrameworkId framework(String value) {
        return sharedText(frameworks, value, FrameworkId::new);
    }

    MesosAgentId agent(String value) {
        return sharedText(agents, value, MesosAgentId::new);
    }

    MesosRole role(String value) {
        return sharedText(roles, value, MesosRole::new);
    }

    Label label(Label value) {
        return value.key().length() + value.value().map(String::length).orElse(0) > MAX_LENGTH
                ? value
                : shared(labels, value, Function.identity());
    }

    String text(String value) {
        return sharedText(texts, value, Function.identity());
    }

    /** Number of names that are kept. */
    int size() {
        return frameworks.size() + agents.size() + roles.size() + labels.size() + texts.size();
    }

    private static <V> V sharedText(Map<String, V> known, String text, Function<String, V> make) {
        return text.length() > MAX_LENGTH ? make.apply(text) : shared(known, text, make);
    }

    private static <K, V> V shared(Map<K, V> known, K key, Function<K, V> make) {
        V value = known.get(key);
        if (value == null) {
            value = make.apply(key);
            if (known.size() >= MAX_SHARED) {
                known.clear();
            }
            known.put(key, value);
        }
        return value;
    }
}
