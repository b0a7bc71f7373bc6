package io.mesosiam.admin.namespace;

import io.mesosiam.admin.ListQuery;
import java.util.ArrayList;
import java.util.List;

/**
 * Which stored namespaces a list has, and in which order.
 *
 * @param within only these namespaces and those below them; at least one
 */
public record NamespaceQuery(List<String> within, ListQuery<NamespaceColumn> list) {
    private static final String ROOT = "/";

    public NamespaceQuery {
        within = List.copyOf(within);
        if (within.isEmpty()) {
            throw new IllegalArgumentException("within: at least one namespace");
        }
    }

    /** The query in Hibernate's language. */
    String text() {
        return "from NamespaceEntity where " + (everywhere() ? "1 = 1" : limits()) + list.text();
    }

    private String limits() {
        List<String> limits = new ArrayList<>();
        for (int i = 0; i < within.size(); i++) {
            limits.add("path = :own" + i + " or path like :below" + i);
        }
        return "(" + String.join(" or ", limits) + ")";
    }

    boolean everywhere() {
        return within.contains(ROOT);
    }
}
