package io.mesosiam.mesos.master;

import io.mesosiam.mesos.MesosText;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Aliases of masters in a form that fits an environment variable: {@code master1.example:5050=https://10.0.0.1:5050,…}.
 */
final class AliasList {
    private static final String SETTING = "mesos-iam.mesos.alias";

    private AliasList() {}

    /**
     * Merges the map and the list.
     *
     * @throws IllegalArgumentException if a name has two different targets
     */
    static Map<String, URI> and(Map<String, URI> map, Optional<List<String>> list) {
        Map<String, URI> all = new HashMap<>();
        map.forEach((name, target) -> all.put(name.toLowerCase(Locale.ROOT), target));
        for (String pair : list.orElse(List.of())) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, Math.max(0, equals)).strip().toLowerCase(Locale.ROOT);
            if (name.isEmpty() || name.contains("/")) {
                throw new IllegalArgumentException(
                        SETTING + " must be host:port=http(s)://host:port, has " + MesosText.abbreviated(pair));
            }
            URI target = target(pair, pair.substring(equals + 1).strip());
            URI other = all.put(name, target);
            if (other != null && !other.equals(target)) {
                throw new IllegalArgumentException(
                        SETTING + " leads " + MesosText.abbreviated(name) + " to two places");
            }
        }
        return all;
    }

    private static URI target(String pair, String text) {
        try {
            URI target = URI.create(text);
            if (target.getHost() != null) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // Not a URL; the check below rejects it.
        }
        throw new IllegalArgumentException(
                SETTING + " must be host:port=http(s)://host:port, has " + MesosText.abbreviated(pair));
    }
}
