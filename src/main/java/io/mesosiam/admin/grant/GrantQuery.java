package io.mesosiam.admin.grant;

import static io.mesosiam.admin.ListColumn.Type.ID;
import static io.mesosiam.admin.ListColumn.Type.NUMBER;
import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TIME;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.ListQuery;
import java.util.List;

/**
 * Which launch grants a list has, and in which order.
 *
 * @param namespace whose grants
 * @param below whether those of the namespaces below it are listed too
 * @param open whether only those are listed that have not ended
 */
public record GrantQuery(String namespace, boolean below, boolean open, ListQuery list) {
    public static final ListColumn GRANT = ListColumn.of("id", ID).as("grantId");

    /** The fields that a list can be filtered and sorted by. */
    public static final List<ListColumn> COLUMNS = List.of(
            GRANT,
            ListColumn.of("namespace", TEXT),
            ListColumn.of("iamRoleArn", TEXT),
            ListColumn.of("credentialName", TEXT),
            ListColumn.of("frameworkPrincipal", TEXT),
            ListColumn.optional("mesosRole", TEXT),
            ListColumn.optional("taskId", TEXT),
            ListColumn.of("sensitive", TRUTH),
            ListColumn.of("expiresAt", TIME),
            ListColumn.of("version", NUMBER),
            ListColumn.of("madeAt", TIME),
            ListColumn.of("madeBy", TEXT),
            ListColumn.optional("boundAt", TIME),
            ListColumn.optional("boundFrameworkId", TEXT),
            ListColumn.optional("boundTaskId", TEXT),
            ListColumn.optional("boundMesosAgentId", TEXT),
            ListColumn.optional("boundContainerId", TEXT),
            ListColumn.optional("suspendedAt", TIME),
            ListColumn.optional("suspendedReason", TEXT),
            ListColumn.optional("endedAt", TIME),
            ListColumn.optional("endedBy", TEXT),
            ListColumn.optional("endReason", TEXT));

    /** The query in Hibernate's language. */
    String text() {
        return "from LaunchGrantEntity where (namespace = :namespace" + (below ? " or namespace like :below)" : ")")
                + (open ? " and endedAt is null" : "")
                + list.text();
    }

    /** The names of namespaces have no character that a pattern treats in a special way. */
    String belowPattern() {
        return namespace.equals("/") ? "/%" : namespace + "/%";
    }
}
