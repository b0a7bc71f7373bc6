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
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    /**
     * A task of a list.
     *
     * @param launch the launch that the view shows: to compare tasks, it isn't made from the view's texts again
     */
    record Listed(Launch launch, TaskView view) {}

    static final MemoryList<Listed> LIST = new MemoryList<>(
            new MemoryList.Ids<>(text("launchId", TaskView::launchId), Listed::launch, ORDER, TaskColumns::launch),
            List.of(
                    text("frameworkId", TaskView::frameworkId),
                    text("taskId", TaskView::taskId),
                    text("mesosAgentId", TaskView::mesosAgentId),
                    Column.of("launchSequence", NUMBER, task -> task.view().launchSequence()),
                    text("name", TaskView::name),
                    text("state", TaskView::state),
                    optional("frameworkName", TaskView::frameworkName),
                    optional("frameworkPrincipal", TaskView::frameworkPrincipal),
                    text("mesosRole", TaskView::mesosRole),
                    optional("hostname", TaskView::hostname),
                    optional("containerId", TaskView::containerId),
                    Column.of("witnessed", TRUTH, task -> task.view().witnessed()),
                    optional("controllerId", TaskView::controllerId),
                    text("credentials", TaskView::credentials),
                    optional("reasonCode", TaskView::reasonCode),
                    optional("reason", TaskView::reason)),
            TaskView.class);

    private TaskColumns() {}

    private static Column<Listed> text(String json, Function<TaskView, String> value) {
        return Column.of(json, TEXT, task -> value.apply(task.view()));
    }

    private static Column<Listed> optional(String json, Function<TaskView, @Nullable String> value) {
        return Column.optional(json, TEXT, task -> Optional.ofNullable(value.apply(task.view())));
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
