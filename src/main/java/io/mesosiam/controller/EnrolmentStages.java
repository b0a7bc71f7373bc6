package io.mesosiam.controller;

import io.mesosiam.enrol.Enrolment;
import io.mesosiam.enrol.EvictedHosts;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.ec2.InstanceCalls;
import io.mesosiam.enrol.port.EnrolmentPort;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Starts and stops the enrolment of hosts. */
@Singleton
final class EnrolmentStages {
    private final HostAuthorities authorities;
    private final EvictedHosts evicted;
    private final Enrolment enrolment;
    private final EnrolmentPort port;
    private final CertificateExpiry expiry;
    private final InstanceCalls instances;

    @Inject
    EnrolmentStages(
            HostAuthorities authorities,
            EvictedHosts evicted,
            Enrolment enrolment,
            EnrolmentPort port,
            CertificateExpiry expiry,
            InstanceCalls instances) {
        this.authorities = authorities;
        this.evicted = evicted;
        this.enrolment = enrolment;
        this.port = port;
        this.expiry = expiry;
        this.instances = instances;
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

    /** Opens the enrolment port, which has the certificate of the agents' port. */
    void open() {
        expiry.register();
        port.start();
    }

    void close() {
        port.close();
        enrolment.close();
        evicted.close();
        authorities.close();
        instances.close();
    }
}
