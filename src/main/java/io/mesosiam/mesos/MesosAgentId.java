package io.mesosiam.mesos;

/**
 * The id that the master assigned to a Mesos agent. It is kept when the daemon restarts, but not when its work
 * directory is lost.
 */
public record MesosAgentId(String value) {
    public MesosAgentId {
        MesosText.identifier("Mesos agent id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
