package io.mesosiam.api;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The methods of each path of the API. Pure. */
final class PathMethods {
    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");

    /** Two paths that fit the same request differ first where one has a parameter and the other text, which counts. */
    private static final Comparator<String> TEXT_FIRST =
            Comparator.comparing(template -> template.replace('{', Character.MAX_VALUE));

    private final List<Template> templates;

    /** One operation: {@code GET /api/v1/tokens/{id}}. */
    record Operation(String method, String path) {}

    private record Template(Pattern form, Set<String> methods) {}

    PathMethods(List<Operation> operations) {
        Map<String, Set<String>> byPath = new TreeMap<>(TEXT_FIRST);
        operations.forEach(operation -> {
            Set<String> methods = byPath.computeIfAbsent(
                    PARAMETER.matcher(operation.path()).replaceAll("{}"), _ -> new TreeSet<>(Set.of("OPTIONS")));
            methods.add(operation.method());
            if (operation.method().equals("GET")) {
                methods.add("HEAD");
            }
        });
        templates = byPath.entrySet().stream()
                .map(entry -> new Template(form(entry.getKey()), Set.copyOf(entry.getValue())))
                .toList();
    }

    /**
     * The methods of a request's path.
     *
     * @param path not decoded: an encoded slash is part of a segment
     * @return empty if no operation has the path
     */
    Optional<Set<String>> of(String path) {
        String trimmed = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return templates.stream()
                .filter(template -> template.form().matcher(trimmed).matches())
                .findFirst()
                .map(Template::methods);
    }

    private static Pattern form(String template) {
        return Pattern.compile(("\\Q" + template + "\\E").replace("{}", "\\E[^/]+\\Q"));
    }
}
