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
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.IamRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

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
        private Entitlement given = Entitlement.of(ROLE);

        Gives role(String arn) {
            return with(draft -> draft.role = new IamRole(arn));
        }

        Gives sessionName(String template) {
            return with(draft -> draft.sessionName = Optional.of(template));
        }

        Gives sessionPolicy(String document) {
            return with(draft -> draft.sessionPolicy = Optional.of(document));
        }

        Gives policyArns(String... arns) {
            return with(draft -> draft.sessionPolicyArns = List.of(arns));
        }

        Gives tags(Map<String, String> templates) {
            return with(draft -> draft.tags = templates);
        }

        Gives transitive(String... keys) {
            return with(draft -> draft.transitiveTags = List.of(keys));
        }

        Gives sourceIdentity(String text) {
            return with(draft -> draft.sourceIdentity = Optional.of(text));
        }

        Gives externalId(String text) {
            return with(draft -> draft.externalId = Optional.of(text));
        }

        Gives region(String name) {
            return with(draft -> draft.region = Optional.of(name));
        }

        Gives via(String arn) {
            return with(draft -> draft.via = Optional.of(new IamRole(arn)));
        }

        Gives defaultTags(String cluster, String namespace) {
            return with(draft -> draft.defaultTags = Optional.of(new DefaultTags(cluster, namespace)));
        }

        Gives length(Duration duration) {
            return with(draft -> draft.sessionLength = duration);
        }

        Gives shared() {
            return with(draft -> draft.sharing = Sharing.ROLE);
        }

        private Gives with(Consumer<Entitlement.Draft> change) {
            given = given.with(change);
            return this;
        }

        Entitlement entitlement() {
            return given;
        }
    }
}
