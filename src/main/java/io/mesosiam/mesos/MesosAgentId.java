package io.mesosiam.mesos;

/** The id that the master gave a Mesos agent. It survives the daemon's restart, not the loss of its work directory. */
public record MesosAgentId(String value) {
    public MesosAgentId {
        MesosText.identifier("Mesos agent id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
