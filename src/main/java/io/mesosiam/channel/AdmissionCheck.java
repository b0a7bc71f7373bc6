package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgentId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Answers an agent's doctor whether the agent would be admitted: 200, or 403 with the fault that its hello would get. Nothing is
 * claimed or recorded, so no stream ends.
 */
record AdmissionCheck(Supplier<ClusterState> cluster, Admission admission) {
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;

    /** @param mesosAgentId empty if the agent doesn't know it yet: then only the certificate is checked */
    void answer(HttpServerRequest request, CertificateNames certificate, String mesosAgentId) {
        fault(certificate, mesosAgentId)
                .ifPresentOrElse(
                        fault -> {
                            var unused = request.response().putHeader("Content-Type", "application/json");
                            AgentChannel.end(request, FORBIDDEN, Buffer.buffer(ControllerMessageCodec.encode(fault)));
                        },
                        () -> AgentChannel.end(request, OK, Buffer.buffer()));
    }

    private Optional<Fault> fault(CertificateNames certificate, String mesosAgentId) {
        return admission
                .refusal(certificate, admission.listed(mesosAgentId))
                .or(() -> mesosAgentId.isEmpty() ? Optional.empty() : otherHost(certificate, mesosAgentId));
    }

    private Optional<Fault> otherHost(CertificateNames certificate, String mesosAgentId) {
        MesosAgentId host;
        try {
            host = new MesosAgentId(mesosAgentId);
        } catch (IllegalArgumentException e) {
            return Optional.of(Fault.lasting("malformed", "mesosAgentId: " + e.getMessage()));
        }
        return switch (MesosHostCheck.check(certificate, host, cluster.get())) {
            case MesosHostCheck.Finding.Same _ -> Optional.empty();
            case MesosHostCheck.Finding.NotRegistered _ ->
                Optional.of(Fault.passing(
                        "not-registered",
                        "the controller knows no master that lists Mesos agent " + host
                                + "; a host that was admitted before is admitted all the same"));
            case MesosHostCheck.Finding.Other other ->
                Optional.of(admission.mismatch(certificate, host, other).fault());
        };
    }
}
