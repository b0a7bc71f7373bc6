package io.mesosiam.admin.grant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Constraints;
import io.mesosiam.admin.FieldKind;
import io.mesosiam.admin.Fields;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.policy.RevokerRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A grant that a caller asks for, read.
 *
 * @param columns the row as a JSON object of columns, without the times
 * @param seconds how long it lasts at most; 0 if that is not stated
 * @param faults every field that is missing, unknown or has the wrong type
 */
record GrantRequest(ObjectNode columns, long seconds, List<Fault> faults) {
    static final String EXPIRES = "expiresInSeconds";

    private static final long SHORTEST = 60;
    private static final long LONGEST = 30 * 86_400;

    /** The fields and their columns. */
    private static final Map<String, String> COLUMNS = Map.of(
            "iamRoleArn", "iam_role_arn",
            "credentialName", "credential_name",
            "frameworkPrincipal", "framework_principal",
            "mesosRole", "mesos_role",
            "taskId", "task_id",
            "sessionPolicy", "session_policy",
            "sensitive", "sensitive");

    static final Map<String, FieldKind> FIELDS = Map.of(
            "iamRoleArn",
            FieldKind.TEXT,
            "credentialName",
            FieldKind.TEXT,
            "frameworkPrincipal",
            FieldKind.TEXT,
            "mesosRole",
            FieldKind.TEXT,
            "taskId",
            FieldKind.TEXT,
            "sessionPolicy",
            FieldKind.OBJECT,
            "sensitive",
            FieldKind.TRUTH,
            EXPIRES,
            FieldKind.SECONDS);

    /** What the constraints of grants demand, with the fields of their columns. */
    static final Constraints CONSTRAINTS = Constraints.of(
                    "namespace",
                    "iam_role_arn",
                    "credential_name",
                    "framework_principal",
                    "mesos_role",
                    "task_id",
                    "session_policy",
                    "sensitive")
            .and(new Constraints(Map.of("expires_at", EXPIRES)));

    static GrantRequest read(String namespace, JsonNode document, RevokerRole revoker) {
        Fields fields = Fields.read(document, FIELDS);
        List<Fault> faults = new ArrayList<>(fields.faults());
        faults.removeIf(fault -> fault.field().equals(EXPIRES));
        Stream.of("iamRoleArn", "frameworkPrincipal", EXPIRES)
                .filter(field -> !document.has(field))
                .forEach(field -> faults.add(new Fault(field, "is required")));
        long seconds = fields.values().containsKey(EXPIRES)
                ? fields.values().get(EXPIRES).longValue()
                : 0;
        if (document.has(EXPIRES) && (seconds < SHORTEST || seconds > LONGEST)) {
            faults.add(new Fault(EXPIRES, "must be a whole number from " + SHORTEST + " to " + LONGEST));
        }
        if (revoker.is(document.path("iamRoleArn").asText())) {
            faults.add(new Fault("iamRoleArn", RevokerRole.REFUSAL));
        }
        ObjectNode columns = JsonNodeFactory.instance.objectNode().put("namespace", namespace);
        COLUMNS.forEach((field, column) -> {
            if (fields.values().containsKey(field)) {
                columns.set(column, fields.values().get(field));
            }
        });
        return new GrantRequest(columns, seconds, List.copyOf(faults));
    }
}
