package io.mesosiam.admin;

/**
 * Which stored policies a list has, and in which order.
 *
 * @param namespace whose policies
 * @param below whether those of the namespaces below it are listed too
 */
public record PolicyQuery(String namespace, boolean below, ListQuery<PolicyColumn> list) {
    /** The query in Hibernate's language. */
    String text() {
        return "from PolicyEntity where (namespace = :namespace" + (below ? " or namespace like :below)" : ")")
                + list.text();
    }

    /** The names of namespaces have no character that a pattern treats in a special way. */
    String belowPattern() {
        return namespace.equals("/") ? "/%" : namespace + "/%";
    }
}
