package io.mesosiam.mesos;

/** A framework's id. It is unique for the lifetime of a cluster. */
public record FrameworkId(String value) {
    public FrameworkId {
        MesosText.identifier("framework id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
