package io.mesosiam.api.task;

import static io.mesosiam.admin.ListColumn.Type.NUMBER;
import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import io.mesosiam.api.list.MemoryList;
import io.mesosiam.api.list.MemoryList.Column;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fields of running tasks that a list can be filtered and sorted by. */
final class TaskColumns {
    /** The order of launches, in which {@link RunningTasks} keeps them. */
    static final Comparator<Launch> ORDER = Comparator.<Launch, String>comparing(
                    launch -> launch.key().framework().value())
            .thenComparing(launch -> launch.key().task().value())
            .thenComparing(launch -> launch.key().agent().value())
            .thenComparingLong(Launch::sequence);

    /** {@link Launch#toString}. */
    private static final Pattern LAUNCH = Pattern.compile("([^/]+)/(.+)@([^@]+)#([1-9][0-9]{0,17})", Pattern.DOTALL);

    static final MemoryList<TaskView> LIST = new MemoryList<>(
            new MemoryList.Ids<>(
                    Column.of("launchId", TEXT, TaskView::launchId), TaskColumns::launch, ORDER, TaskColumns::launch),
            List.of(
                    Column.of("frameworkId", TEXT, TaskView::frameworkId),
                    Column.of("taskId", TEXT, TaskView::taskId),
                    Column.of("mesosAgentId", TEXT, TaskView::mesosAgentId),
                    Column.of("launchSequence", NUMBER, TaskView::launchSequence),
                    Column.of("name", TEXT, TaskView::name),
                    Column.of("state", TEXT, TaskView::state),
                    Column.optional("frameworkName", TEXT, task -> Optional.ofNullable(task.frameworkName())),
                    Column.optional("frameworkPrincipal", TEXT, task -> Optional.ofNullable(task.frameworkPrincipal())),
                    Column.of("mesosRole", TEXT, TaskView::mesosRole),
                    Column.optional("hostname", TEXT, task -> Optional.ofNullable(task.hostname())),
                    Column.optional("containerId", TEXT, task -> Optional.ofNullable(task.containerId())),
                    Column.of("witnessed", TRUTH, TaskView::witnessed),
                    Column.optional("controllerId", TEXT, task -> Optional.ofNullable(task.controllerId())),
                    Column.of("credentials", TEXT, TaskView::credentials),
                    Column.optional("reasonCode", TEXT, task -> Optional.ofNullable(task.reasonCode())),
                    Column.optional("reason", TEXT, task -> Optional.ofNullable(task.reason()))),
            TaskView.class);

    private TaskColumns() {}

    private static Launch launch(TaskView task) {
        return new Launch(
                new TaskKey(
                        new FrameworkId(task.frameworkId()),
                        new TaskId(task.taskId()),
                        new MesosAgentId(task.mesosAgentId())),
                task.launchSequence());
    }

    /** The launch with this text; empty for a text of none. */
    static Optional<Launch> launch(String text) {
        Matcher parts = LAUNCH.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Launch(
                    new TaskKey(
                            new FrameworkId(parts.group(1)),
                            new TaskId(parts.group(2)),
                            new MesosAgentId(parts.group(3))),
                    Long.parseLong(parts.group(4))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
