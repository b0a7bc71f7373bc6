package io.mesosiam.admin;

import static io.mesosiam.admin.ListColumn.Type.ID;
import static io.mesosiam.admin.ListColumn.Type.NUMBER;
import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TIME;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import java.util.List;

/**
 * Which stored policies a list has, and in which order.
 *
 * @param namespace whose policies
 * @param below whether those of the namespaces below it are listed too
 */
public record PolicyQuery(String namespace, boolean below, ListQuery list) {
    public static final ListColumn NAME = ListColumn.of("name", TEXT);

    /** The fields that a list can be filtered and sorted by. */
    public static final List<ListColumn> COLUMNS = List.of(
            ListColumn.of("id", ID).as("policyId"),
            ListColumn.of("namespace", TEXT),
            NAME,
            ListColumn.of("version", NUMBER),
            ListColumn.optional("description", TEXT),
            ListColumn.of("effect", TEXT),
            ListColumn.of("priority", NUMBER),
            ListColumn.of("enabled", TRUTH),
            ListColumn.of("matchAll", TRUTH),
            ListColumn.optional("frameworkPrincipal", TEXT),
            ListColumn.optional("frameworkName", TEXT),
            ListColumn.optional("mesosRole", TEXT),
            ListColumn.optional("taskName", TEXT),
            ListColumn.optional("taskUser", TEXT),
            ListColumn.optional("image", TEXT),
            ListColumn.optional("credentialName", TEXT),
            ListColumn.optional("iamRoleArn", TEXT),
            ListColumn.optional("viaRoleArn", TEXT),
            ListColumn.optional("sessionName", TEXT),
            ListColumn.of("defaultTags", TRUTH),
            ListColumn.of("uniqueExternalId", TRUTH),
            ListColumn.optional("sourceIdentity", TEXT),
            ListColumn.optional("region", TEXT),
            ListColumn.of("sessionLength", NUMBER).as("sessionLengthSeconds"),
            ListColumn.of("shortSession", TRUTH),
            ListColumn.optional("leaseTtl", NUMBER).as("leaseTtlSeconds"),
            ListColumn.of("sharing", TEXT),
            ListColumn.of("prefetch", TEXT),
            ListColumn.of("sensitive", TRUTH),
            ListColumn.of("createdAt", TIME),
            ListColumn.optional("createdBy", TEXT),
            ListColumn.of("updatedAt", TIME),
            ListColumn.optional("updatedBy", TEXT));

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
