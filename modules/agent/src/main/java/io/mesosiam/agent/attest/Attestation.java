package io.mesosiam.agent.attest;

/** What the kernel says about a caller. */
public sealed interface Attestation {
    /**
     * Exactly this container.
     *
     * @param by the method, for the audit line: {@code cgroup-v2}, {@code freezer}, {@code net_cls}, {@code address}, {@code ancestry}
     */
    record Attested(Container container, String by) implements Attestation {}

    /** For certain no container of Mesos's. */
    record NoContainer(String reason) implements Attestation {}

    /** More than one container fits: refused, with the facts. */
    record Ambiguous(String reason) implements Attestation {}

    /** The kernel did not answer in time, or the socket is already gone; the same ask may succeed later. */
    record Unknown(String reason) implements Attestation {}
}
