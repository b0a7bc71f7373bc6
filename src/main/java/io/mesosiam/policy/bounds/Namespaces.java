package io.mesosiam.policy.bounds;

import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.NamespaceLimits;
import io.mesosiam.policy.NamespaceLimits.Placement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.TaskScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tree of namespaces. What a namespace allows is what it and all namespaces above it allow together, so a namespace can
 * only narrow what its parent allows.
 */
public final class Namespaces implements NamespaceLimits {
    private final Map<String, Namespace> byPath;
    private final Map<String, List<Namespace>> ancestors = new HashMap<>();
    private final Map<String, TaskScope> scopes = new HashMap<>();
    /** The session policies of policies that have none of their own: thousands of policies share a few. */
    private final Map<String, String> sessionPolicies = new ConcurrentHashMap<>();

    /** @throws IllegalArgumentException if two have the same path */
    public Namespaces(Collection<Namespace> namespaces) {
        this.byPath = namespaces.stream().collect(Collectors.toMap(Namespace::path, Function.identity(), (one, _) -> {
            throw new IllegalArgumentException("path: two namespaces are " + one.path());
        }));
        byPath.keySet().forEach(path -> {
            ancestors.put(path, lookUp(path));
            scopes.put(path, scope(lookUp(path)));
        });
    }

    /** Whether the other has the same namespaces with the same bounds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Namespaces same && same.byPath.equals(byPath);
    }

    @Override
    public int hashCode() {
        return byPath.hashCode();
    }

    /** The namespaces, in the order of their paths. */
    public List<Namespace> all() {
        return byPath.keySet().stream().sorted().map(byPath::get).toList();
    }

    /** The namespace of that path and those above it, the root first; those that don't exist are left out. */
    public List<Namespace> withAncestors(String path) {
        List<Namespace> known = ancestors.get(path);
        return known == null ? lookUp(path) : known;
    }

    @Override
    public Placement place(Policy policy, Collection<AttributeTrust> trusts) {
        List<Namespace> line = withAncestors(policy.namespace());
        TaskScope known = scopes.get(policy.namespace());
        TaskScope scope = known == null ? scope(line) : known;
        if (!byPath.containsKey(policy.namespace())) {
            return new Placement.Outside(scope, "namespace: " + policy.namespace() + " doesn't exist");
        }
        return line.stream()
                .flatMap(namespace -> new BoundCheck(policy, namespace, trusts).violation().stream())
                .findFirst()
                .<Placement>map(reason -> new Placement.Outside(scope, reason))
                .orElseGet(() -> floored(policy, line, scope));
    }

    private Placement floored(Policy policy, List<Namespace> line, TaskScope scope) {
        List<Namespace> floors = line.stream()
                .filter(namespace -> namespace.bounds().sessionPolicyFloor().isPresent())
                .toList();
        return switch (policy.rule()) {
            case Rule.Allow allow
            when !floors.isEmpty() -> {
                SessionPolicyFloor floor = floors.stream()
                        .flatMap(namespace -> namespace.bounds().sessionPolicyFloor().stream())
                        .reduce(SessionPolicyFloor::and)
                        .orElseThrow();
                yield switch (floor.under(allow.entitlement())) {
                    case SessionPolicyFloor.Merged merged ->
                        new Placement.Within(
                                with(
                                        policy,
                                        new Rule.Allow(
                                                allow.name(), shared(allow.entitlement(), merged.entitlement()))),
                                scope);
                    case SessionPolicyFloor.Unmergeable not ->
                        new Placement.Outside(
                                scope,
                                "session_policy: " + not.reason() + " (session_policy_floor of namespace "
                                        + floors.getLast().path() + ")");
                };
            }
            case Rule.Allow _, Rule.Deny _ -> new Placement.Within(policy, scope);
        };
    }

    private Entitlement shared(Entitlement own, Entitlement merged) {
        return own.sessionPolicy().isPresent()
                ? merged
                : merged.with(draft -> draft.sessionPolicy =
                        merged.sessionPolicy().map(text -> sessionPolicies.computeIfAbsent(text, same -> same)));
    }

    private static Policy with(Policy policy, Rule rule) {
        return new Policy(
                policy.id(),
                policy.namespace(),
                policy.name(),
                policy.enabled(),
                policy.priority(),
                policy.selectors(),
                rule);
    }

    private List<Namespace> lookUp(String path) {
        return Namespace.pathAndAncestors(path).stream()
                .flatMap(each -> Stream.ofNullable(byPath.get(each)))
                .toList();
    }

    private static TaskScope scope(List<Namespace> line) {
        List<TaskScope.Limit> limits = new ArrayList<>();
        Optional<String> trustedOnly = Optional.empty();
        for (Namespace namespace : line) {
            Bounds bounds = namespace.bounds();
            bounds.mesosRoles().ifPresent(roles -> limits.add(new TaskScope.MesosRoles(namespace.path(), roles)));
            bounds.frameworkPrincipals()
                    .ifPresent(principals -> limits.add(new TaskScope.Principals(namespace.path(), principals)));
            namespace.unknownLimits().forEach(column -> limits.add(new TaskScope.Unreadable(namespace.path(), column)));
            if (trustedOnly.isEmpty() && bounds.trustedSelectorsOnly()) {
                trustedOnly = Optional.of(namespace.path());
            }
        }
        return limits.isEmpty() && trustedOnly.isEmpty() ? TaskScope.EVERY_TASK : new TaskScope(limits, trustedOnly);
    }
}
