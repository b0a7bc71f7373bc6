package io.mesosiam.admin.namespace;

import static io.mesosiam.admin.ListColumn.Type.ID;
import static io.mesosiam.admin.ListColumn.Type.NUMBER;
import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TIME;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.ListQuery;
import java.util.ArrayList;
import java.util.List;

/**
 * Which stored namespaces a list has, and in which order.
 *
 * @param within only these namespaces and those below them; at least one
 */
public record NamespaceQuery(List<String> within, ListQuery list) {
    public static final ListColumn PATH = ListColumn.of("path", TEXT);

    /** The fields that a list can be filtered and sorted by. */
    public static final List<ListColumn> COLUMNS = List.of(
            ListColumn.of("id", ID).as("namespaceId"),
            PATH,
            ListColumn.optional("parent", TEXT),
            ListColumn.of("version", NUMBER),
            ListColumn.optional("description", TEXT),
            ListColumn.optional("longestTtl", NUMBER).as("longestTtlSeconds"),
            ListColumn.of("trustedSelectorsOnly", TRUTH),
            ListColumn.of("sensitiveOnly", TRUTH),
            ListColumn.of("createdAt", TIME),
            ListColumn.optional("createdBy", TEXT),
            ListColumn.of("updatedAt", TIME),
            ListColumn.optional("updatedBy", TEXT));

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
