package io.mesosiam.controller;

import io.mesosiam.enrol.Enrolment;
import io.mesosiam.enrol.EvictedHosts;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.ec2.InstanceCalls;
import io.mesosiam.enrol.port.EnrolmentPort;
import io.mesosiam.enrol.termination.EndedInstances;
import io.mesosiam.enrol.termination.TerminationPoll;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.function.Consumer;

/** Starts and stops the enrolment of hosts. */
@Singleton
final class EnrolmentStages {
    private final HostAuthorities authorities;
    private final EvictedHosts evicted;
    private final Enrolment enrolment;
    private final EnrolmentPort port;
    private final CertificateExpiry expiry;
    private final InstanceCalls instances;
    private final TerminationPoll poll;
    private final EndedInstances ended;

    @Inject
    EnrolmentStages(
            HostAuthorities authorities,
            EvictedHosts evicted,
            Enrolment enrolment,
            EnrolmentPort port,
            CertificateExpiry expiry,
            InstanceCalls instances,
            TerminationPoll poll,
            EndedInstances ended) {
        this.authorities = authorities;
        this.evicted = evicted;
        this.enrolment = enrolment;
        this.port = port;
        this.expiry = expiry;
        this.instances = instances;
        this.poll = poll;
        this.ended = ended;
    }

    /**
     * Reads the authorities and the evictions, which the agents' port needs.
     *
     * @param evictionsChanged runs after each eviction
     */
    void beforeAgents(Runnable evictionsChanged) {
        authorities.start();
        evicted.start(evictionsChanged);
    }

    /**
     * Opens the enrolment port, which has the certificate of the agents' port, and follows the instances.
     *
     * @param hostsEnded receives the Mesos agents whose instance is terminated
     */
    void open(Consumer<Map<MesosAgentId, TaskEnd>> hostsEnded) {
        expiry.register();
        port.start();
        ended.start(hostsEnded);
        poll.start();
    }

    void close() {
        port.close();
        poll.close();
        ended.close();
        enrolment.close();
        evicted.close();
        authorities.close();
        instances.close();
    }
}
