package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.Docs;
import io.mesosiam.api.JsonItems;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.preview.Reached;
import io.mesosiam.preview.live.Previewed;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.RoleGrant;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What reaches an IAM role. */
@RegisterForReflection
@Schema(
        name = "RoleReach",
        description = "The policies that allow an IAM role, and the running tasks that reach it",
        requiredProperties = {"iamRoleArn", "policies", "policyCount", "policiesElsewhere", "tasks", "taskCount"})
public record ReachView(
        @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE)
        String iamRoleArn,

        @Schema(
                description =
                        "The enabled policies that allow it, of the namespaces that the caller sees; at most 1000,"
                                + " and in who-can 512 KiB",
                type = SchemaType.ARRAY,
                implementation = NamedPolicy.class)
        List<Object> policies,

        @Schema(
                description = "The number of these policies, also of those that 'policies' doesn't have",
                minimum = "0",
                examples = "1")
        int policyCount,

        @Schema(
                description = "The number of enabled policies that allow it, of other namespaces",
                minimum = "0",
                examples = "0")
        int policiesElsewhere,

        @Schema(
                description =
                        "The running tasks that have its credentials, or get them when they request them, by policies of the namespaces that the caller sees; at most 1000,"
                                + " and in who-can 512 KiB",
                type = SchemaType.ARRAY,
                implementation = Task.class)
        List<Object> tasks,

        @Schema(
                description = "The number of all tasks that have or get its credentials, by credential name",
                minimum = "0",
                examples = "3")
        int taskCount) {
    private static final int MOST = 1000;

    /** A policy, by its id and name. */
    @RegisterForReflection
    @Schema(
            name = "NamedPolicy",
            description = "A policy, by its id and name",
            requiredProperties = {"policyId", "namespace", "name"})
    public record NamedPolicy(
            @Schema(description = Docs.POLICY_ID, format = "uuid", examples = Docs.UUID_EXAMPLE)
            String policyId,

            @Schema(description = "The policy's namespace", examples = "/data/reporting")
            String namespace,

            @Schema(description = "The policy's name", examples = "nightly-report")
            String name) {
        static NamedPolicy of(Policy policy) {
            return new NamedPolicy(policy.id().toString(), policy.namespace(), policy.name());
        }
    }

    /** A task that reaches it. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "ReachingTask",
            description = "A running task that reaches an IAM role",
            requiredProperties = {"task", "credentialName", "agentConnected"})
    public record Task(
            @Schema(description = "The launch of the task") TaskView task,

            @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE)
            String credentialName,

            @Schema(
                    description = "The policy that gives it; absent if a launch grant does",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String policyId,

            @Schema(
                    description = "The launch grant that gives it; absent if a policy does",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String grantId,

            @Schema(
                    description =
                            "The task's own live lease; absent before a request, and if another task of the container has it",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String leaseId,

            @Schema(description = "Whether the host's agent is connected to a controller")
            boolean agentConnected) {
        static Task of(Reached reached, Predicate<MesosAgentId> others) {
            return new Task(
                    TaskView.of(reached.launch(), reached.task()),
                    reached.name().value(),
                    reached.gift().policy().policyRow().map(Object::toString).orElse(null),
                    reached.gift().policy().grantRow().map(Object::toString).orElse(null),
                    reached.lease().map(lease -> lease.id().toString()).orElse(null),
                    reached.connected() || others.test(reached.launch().key().agent()));
        }
    }

    /**
     * @param others whether another controller has a host
     * @param bytes which policies and tasks have together at most
     */
    static ReachView of(
            Previewed.Role role, Caller caller, Predicate<MesosAgentId> others, int bytes, ObjectMapper json) {
        List<Policy> seen = role.policies().stream()
                .filter(policy -> caller.sees(policy.namespace()))
                .toList();
        Set<PolicyId> ids = seen.stream().map(Policy::id).collect(Collectors.toSet());
        Stream<Task> tasks = role.reached().stream()
                .filter(reached -> caller.sees(RoleGrant.EVERYWHERE)
                        || ids.contains(reached.gift().policy())
                        || role.grants().entrySet().stream()
                                .anyMatch(grant ->
                                        grant.getKey().equals(reached.gift().policy())
                                                && caller.sees(grant.getValue())))
                .sorted(Comparator.comparing(reached -> reached.launch().toString()))
                .map(reached -> Task.of(reached, others));
        return new ReachView(
                role.role().arn(),
                JsonItems.of(seen.stream().map(NamedPolicy::of), MOST, bytes / 2, json)
                        .items(),
                seen.size(),
                role.policies().size() - seen.size(),
                JsonItems.of(tasks, MOST, bytes / 2, json).items(),
                role.reached().size());
    }
}
