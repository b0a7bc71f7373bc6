package io.mesosiam.agent.attest;

/** The result of attesting a caller. */
public sealed interface Attestation {
    /**
     * The caller is in exactly this container.
     *
     * @param by the method, for the audit line: {@code cgroup-v2}, {@code socket-maker}, {@code freezer}, {@code net_cls}, {@code address},
     *     {@code ancestry}
     */
    record Attested(Container container, String by) implements Attestation {}

    /** The caller is certainly in no container of Mesos. */
    record NoContainer(String reason) implements Attestation {}

    /** More than one container is possible: refused, with the facts. */
    record Ambiguous(String reason) implements Attestation {}

    /**
     * The kernel records who made each socket, but not who made this one. The process that holds it proves nothing: it may
     * have received it from another container.
     *
     * @param passing whether another socket of the same caller is likely to be recorded
     */
    record Unrecorded(String reason, boolean passing) implements Attestation {}

    /** The kernel did not answer in time, or the socket is already gone. The same request may succeed later. */
    record Unknown(String reason) implements Attestation {}
}
