package io.mesosiam.api.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.JsonText;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.revocation.RevocationTarget;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import io.mesosiam.spelling.UnknownNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The body of a revocation, read.
 *
 * @param target empty if there are faults
 */
record RevocationRequest(Optional<RevocationTarget> target, boolean hard, List<Fault> faults) {
    private static final Set<String> FIELDS =
            Set.of("leaseId", "frameworkId", "taskId", "policyId", "iamRoleArn", "mesosAgentId", "hard");

    static RevocationRequest read(JsonNode body) {
        List<Fault> faults = new ArrayList<>();
        UnknownNames unknown = new UnknownNames(FIELDS);
        body.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                faults.add(new Fault(JsonText.shortened(field), unknown.message(field)));
            }
        });
        Optional<String> framework = text(body, "frameworkId", faults);
        Optional<String> task = text(body, "taskId", faults);
        if (framework.isPresent() != task.isPresent()) {
            faults.add(new Fault(
                    framework.isPresent() ? "taskId" : "frameworkId", "a task needs both frameworkId and taskId"));
        }
        List<RevocationTarget> targets = new ArrayList<>();
        parsed(body, "leaseId", Forms::id, "must be a UUID", faults)
                .map(RevocationTarget.OfLease::new)
                .ifPresent(targets::add);
        framework
                .flatMap(id -> task.map(taskId -> new RevocationTarget.OfTask(id, taskId)))
                .ifPresent(targets::add);
        parsed(body, "policyId", Forms::id, "must be a UUID", faults)
                .map(RevocationTarget.OfPolicy::new)
                .ifPresent(targets::add);
        parsed(body, "iamRoleArn", Forms::iamRole, "must be the ARN of an IAM role", faults)
                .map(RevocationTarget.OfRole::new)
                .ifPresent(targets::add);
        text(body, "mesosAgentId", faults).map(RevocationTarget.OfAgent::new).ifPresent(targets::add);
        if (faults.isEmpty() && targets.size() != 1) {
            faults.add(new Fault(
                    "", "name exactly one of leaseId, frameworkId with taskId, policyId, iamRoleArn, mesosAgentId"));
        }
        boolean hard = hard(body, faults);
        return new RevocationRequest(
                faults.isEmpty() ? targets.stream().findFirst() : Optional.empty(), hard, List.copyOf(faults));
    }

    private static boolean hard(JsonNode body, List<Fault> faults) {
        JsonNode hard = body.path("hard");
        if (!hard.isMissingNode() && !hard.isBoolean()) {
            faults.add(new Fault("hard", "must be true or false"));
        }
        return hard.booleanValue();
    }

    private static Optional<String> text(JsonNode body, String field, List<Fault> faults) {
        return parsed(
                body,
                field,
                text -> Optional.of(text).filter(RevocationRequest::isMesosId),
                "must have 1 to 512 bytes, and no control characters, U+FFFD and blanks at its ends",
                faults);
    }

    private static <T> Optional<T> parsed(
            JsonNode body, String field, Function<String, Optional<T>> parse, String demand, List<Fault> faults) {
        JsonNode value = body.path(field);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        Optional<T> parsed =
                Optional.of(value).filter(JsonNode::isTextual).flatMap(text -> parse.apply(text.textValue()));
        if (parsed.isEmpty()) {
            faults.add(new Fault(field, demand));
        }
        return parsed;
    }

    static boolean isMesosId(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length <= Parameters.MAX_TEXT && text.matches(Forms.MESOS_ID);
    }
}
