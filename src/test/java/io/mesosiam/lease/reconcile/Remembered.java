package io.mesosiam.lease.reconcile;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds every non-empty collection that an object of this package's main code refers to, directly or indirectly. */
final class Remembered {
    private final Set<String> expected;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<String> found = new ArrayList<>();

    /** @param expected fields that may have entries, as {@code Class.field} */
    Remembered(Set<String> expected) {
        this.expected = expected;
    }

    /** Returns the other fields that have entries, with their content. */
    List<String> in(Object root) {
        visit(root);
        assertVisited();
        return found;
    }

    /** Verifies that the search itself still reaches the state. */
    private void assertVisited() {
        if (seen.stream().noneMatch(Refusals.class::isInstance)
                || seen.stream().noneMatch(Sessions.class::isInstance)) {
            throw new AssertionError("the search doesn't reach the reconciler's state");
        }
    }

    private void visit(@Nullable Object value) {
        switch (value) {
            case null -> {}
            case Map<?, ?> map -> map.values().forEach(this::visit);
            case Collection<?> collection -> collection.forEach(this::visit);
            case Optional<?> optional -> optional.ifPresent(this::visit);
            default -> {
                if (isOurs(value.getClass()) && seen.add(value)) {
                    for (Field field : value.getClass().getDeclaredFields()) {
                        visit(value, field);
                    }
                }
            }
        }
    }

    private void visit(Object owner, Field field) {
        if (Modifier.isStatic(field.getModifiers())) {
            return;
        }
        Object value;
        try {
            field.setAccessible(true);
            value = field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        String name = owner.getClass().getSimpleName() + "." + field.getName();
        if (holdsSomething(value) && !expected.contains(name)) {
            found.add(name + " = " + value);
        } else if (!name.equals("LeaseIndex.ended")) {
            visit(value);
        }
    }

    private static boolean holdsSomething(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> !map.isEmpty();
            case Collection<?> collection -> !collection.isEmpty();
            case null, default -> false;
        };
    }

    private static boolean isOurs(Class<?> type) {
        return type.getPackageName().equals(Remembered.class.getPackageName())
                && !type.isSynthetic()
                && type.getProtectionDomain().getCodeSource() != null
                && !type.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .equals(Remembered.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation());
    }
}
