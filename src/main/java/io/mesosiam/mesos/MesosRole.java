package io.mesosiam.mesos;

/** A Mesos role. Roles are hierarchical with {@code /}; {@code *} is the default role. */
public record MesosRole(String value) {
    public MesosRole {
        MesosText.identifier("Mesos role", value);
    }

    /** Whether {@code other} is this role or a descendant: {@code eng} covers {@code eng/data} but not {@code eng2}. */
    public boolean covers(MesosRole other) {
        return other.value.equals(value) || other.value.startsWith(value + "/");
    }

    @Override
    public String toString() {
        return value;
    }
}
