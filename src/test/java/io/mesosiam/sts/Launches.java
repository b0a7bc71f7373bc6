package io.mesosiam.sts;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.DefaultTags;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.IamRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Launches and entitlements for tests. */
final class Launches {
    static final IamRole ROLE = new IamRole("arn:aws:iam::123456789012:role/data/reporting");

    private Launches() {}

    static LaunchedTask task(String taskId) {
        return task(taskId, "eng/data", Optional.of(ContainerId.of("outer").child("inner")));
    }

    static LaunchedTask task(String taskId, String mesosRole, Optional<ContainerId> container) {
        TaskKey key = new TaskKey(new FrameworkId("spark-0001"), new TaskId(taskId), new MesosAgentId("agent-S1"));
        Task task = new Task(
                key,
                "a name",
                new MesosRole(mesosRole),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                TaskState.RUNNING,
                container);
        return new LaunchedTask(new Launch(key, 1), task, true, Optional.empty());
    }

    static Gives gives() {
        return new Gives();
    }

    /** A builder of entitlements. */
    static final class Gives {
        private IamRole role = ROLE;
        private Optional<String> sessionName = Optional.empty();
        private Optional<String> sessionPolicy = Optional.empty();
        private List<String> policyArns = List.of();
        private Map<String, String> tags = Map.of();
        private List<String> transitive = List.of();
        private Optional<String> sourceIdentity = Optional.empty();
        private Optional<String> externalId = Optional.empty();
        private Optional<String> region = Optional.empty();
        private Optional<IamRole> via = Optional.empty();
        private Optional<DefaultTags> defaultTags = Optional.empty();
        private Duration length = Duration.ofHours(1);
        private Sharing sharing = Sharing.TASK;

        Gives role(String arn) {
            role = new IamRole(arn);
            return this;
        }

        Gives sessionName(String template) {
            sessionName = Optional.of(template);
            return this;
        }

        Gives sessionPolicy(String document) {
            sessionPolicy = Optional.of(document);
            return this;
        }

        Gives policyArns(String... arns) {
            policyArns = List.of(arns);
            return this;
        }

        Gives tags(Map<String, String> templates) {
            tags = templates;
            return this;
        }

        Gives transitive(String... keys) {
            transitive = List.of(keys);
            return this;
        }

        Gives sourceIdentity(String text) {
            sourceIdentity = Optional.of(text);
            return this;
        }

        Gives externalId(String text) {
            externalId = Optional.of(text);
            return this;
        }

        Gives region(String name) {
            region = Optional.of(name);
            return this;
        }

        Gives via(String arn) {
            via = Optional.of(new IamRole(arn));
            return this;
        }

        Gives defaultTags(String cluster, String namespace) {
            defaultTags = Optional.of(new DefaultTags(cluster, namespace));
            return this;
        }

        Gives length(Duration duration) {
            length = duration;
            return this;
        }

        Gives shared() {
            sharing = Sharing.ROLE;
            return this;
        }

        Entitlement entitlement() {
            return new Entitlement(
                    role,
                    sessionName,
                    sessionPolicy,
                    policyArns,
                    tags,
                    transitive,
                    sourceIdentity,
                    externalId,
                    region,
                    via,
                    defaultTags,
                    length,
                    Optional.empty(),
                    sharing,
                    Prefetch.ALWAYS,
                    false);
        }
    }
}
