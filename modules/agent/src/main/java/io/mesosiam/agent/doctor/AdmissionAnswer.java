package io.mesosiam.agent.doctor;

import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.MalformedFrameException;
import java.net.URI;

/** A controller's answer that it would not admit this agent: the fault that a stream would get, and what to do about it. */
final class AdmissionAnswer {
    private static final String LOG = "look for this host's address in the controller's log";

    private AdmissionAnswer() {}

    /**
     * What a controller's refusal means.
     *
     * @param body the fault, as it would be sent on a stream
     * @param enrols whether the host gets its certificate from the controllers
     */
    static Finding refused(URI uri, String body, boolean enrols) {
        try {
            return ControllerMessageCodec.decode(body.toCharArray(), body.length())
                            instanceof Decoded.Known<ControllerMessage>(Fault fault)
                    ? finding(uri, fault, enrols)
                    : unreadable(uri);
        } catch (MalformedFrameException e) {
            return unreadable(uri);
        }
    }

    private static Finding unreadable(URI uri) {
        return Finding.warning("controller", uri + " does not admit this host, for a reason that can't be read", LOG);
    }

    private static Finding finding(URI uri, Fault fault, boolean enrols) {
        String text = "%s does not admit this host, code=%s: %s"
                .formatted(uri, fault.code(), fault.message().replaceAll("\\p{Cntrl}", " "));
        return switch (fault.code()) {
            case "evicted" ->
                Finding.failure(
                        "controller",
                        text,
                        enrols
                                ? "once an operator lets the host return, write another join token to the file of"
                                        + " MESOS_IAM_AGENT_JOIN_TOKEN_FILE; an EC2 instance needs none"
                                : "nothing on this host: the agent connects by itself once an operator lets the host return");
            case "authority-removed" ->
                Finding.failure(
                        "controller",
                        text,
                        "write another join token to the file of MESOS_IAM_AGENT_JOIN_TOKEN_FILE; on an EC2 instance compare"
                                + " MESOS_IAM_AGENT_ENROL_PIN with 'mesos-iam ca show'");
            case "certificate-expired" ->
                Finding.failure("controller", text, "see certificate; if that is well, compare the clocks");
            case "host-mismatch" ->
                Finding.failure(
                        "controller",
                        text,
                        "use a certificate with the name or address with which the Mesos agent is registered, or a SPIFFE id of the"
                                + " form that mesos-iam.channel.spiffe-id on the controllers has");
            default ->
                fault.persistence() instanceof Fault.Lasting
                        ? Finding.failure("controller", text, LOG)
                        : Finding.warning("controller", text, LOG);
        };
    }
}
