package io.mesosiam.mesos;

/** A task's id, chosen by its framework. A framework can reuse it after the earlier task has ended. */
public record TaskId(String value) {
    public TaskId {
        MesosText.identifier("task id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
