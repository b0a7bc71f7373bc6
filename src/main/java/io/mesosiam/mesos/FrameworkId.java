package io.mesosiam.mesos;

/** A framework's id, unique for the life of a cluster. */
public record FrameworkId(String value) {
    public FrameworkId {
        MesosText.identifier("framework id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
