package io.mesosiam.mesos;

/** A task's id as its framework chose it. A framework may use one again once the earlier task ended. */
public record TaskId(String value) {
    public TaskId {
        MesosText.identifier("task id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
