package io.mesosiam.agent.attest;

/** The result of attesting a caller. */
public sealed interface Attestation {
    /**
     * The caller is in exactly this container.
     *
     * @param by the method, for the audit line: {@code cgroup-v2}, {@code freezer}, {@code net_cls}, {@code address},
     *     {@code ancestry}
     */
    record Attested(Container container, String by) implements Attestation {}

    /** The caller is certainly in no container of Mesos. */
    record NoContainer(String reason) implements Attestation {}

    /** More than one container is possible: refused, with the facts. */
    record Ambiguous(String reason) implements Attestation {}

    /** The kernel did not answer in time, or the socket is already gone. The same request may succeed later. */
    record Unknown(String reason) implements Attestation {}
}
