package io.mesosiam.channel.wire;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An executor of a framework. On the wire its two ids are fields of the object that it belongs to.
 *
 * @param id of a task without an executor of its framework's the task's id
 */
public record Executor(String frameworkId, String id) {
    private static final Field<String> FRAMEWORK_ID = Field.text("frameworkId");
    private static final Field<String> EXECUTOR_ID = Field.text("executorId");

    public Executor {
        WireText.identifier("frameworkId", frameworkId, WireText.EXECUTOR);
        WireText.identifier("executorId", id, WireText.EXECUTOR);
    }

    /** The fields of an object that can have an executor. */
    static List<Field<?>> beside(Field<?>... others) {
        return Stream.concat(Stream.of(others), Stream.of(FRAMEWORK_ID, EXECUTOR_ID))
                .toList();
    }

    static Optional<Executor> of(Fields fields) {
        return fields.find(FRAMEWORK_ID)
                .flatMap(framework -> fields.find(EXECUTOR_ID).map(id -> new Executor(framework, id)));
    }

    static void write(FrameWriter out, Optional<Executor> executor) throws IOException {
        out.text("frameworkId", executor.map(Executor::frameworkId)).text("executorId", executor.map(Executor::id));
    }
}
