package io.mesosiam.channel.wire;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Messages from an agent to a controller. */
public sealed interface AgentMessage {
    /**
     * The first message on every stream.
     *
     * @param protocol {@link Protocol#VERSION} of the agent
     * @param held the leases that it serves, without key material
     * @param containers every container that runs on the host
     * @param servedUnder the epoch of the last {@link ControllerMessage.Sync} that the agent used; empty if it has used none,
     *     and from agents before it
     */
    record Hello(
            int protocol,
            String agentVersion,
            String hostname,
            String mesosAgentId,
            List<Held> held,
            List<RunningContainer> containers,
            OptionalLong servedUnder)
            implements AgentMessage {
        public Hello {
            WireText.count("protocol", protocol);
            WireText.identifier("agentVersion", agentVersion, WireText.VERSION);
            WireText.identifier("hostname", hostname, WireText.HOSTNAME);
            WireText.identifier("mesosAgentId", mesosAgentId, WireText.MESOS_AGENT_ID);
            held = List.copyOf(held);
            containers = List.copyOf(containers);
            servedUnder.ifPresent(epoch -> WireText.count("servedUnder", epoch));
        }

        public Hello(
                int protocol,
                String agentVersion,
                String hostname,
                String mesosAgentId,
                List<Held> held,
                List<RunningContainer> containers) {
            this(protocol, agentVersion, hostname, mesosAgentId, held, containers, OptionalLong.empty());
        }
    }

    /** The agent serves a lease at this revision. */
    record Ack(String leaseId, long revision) implements AgentMessage {
        public Ack {
            WireText.identifier("leaseId", leaseId, WireText.LEASE_ID);
            WireText.count("revision", revision);
        }
    }

    /** The agent could not apply a message. */
    record Nack(String leaseId, long revision, String code, String message) implements AgentMessage {
        public Nack {
            WireText.identifier("leaseId", leaseId, WireText.LEASE_ID);
            WireText.count("revision", revision);
            WireText.identifier("code", code, WireText.CODE);
            message = WireText.sanitized(message);
        }
    }

    /** A container requests credentials for which the agent has no lease and no refusal. */
    record Ask(String containerId, String name) implements AgentMessage {
        public Ask {
            WireText.identifier("containerId", containerId, WireText.CONTAINER_ID);
            WireText.identifier("name", name, WireText.NAME);
        }
    }

    /** Changes on the host since the last report. */
    record Containers(List<RunningContainer> started, List<RunningContainer> ended) implements AgentMessage {
        public Containers {
            started = List.copyOf(started);
            ended = List.copyOf(ended);
        }
    }

    /**
     * The agent has applied every message up to the controller's message with this version of the policies.
     *
     * <p>Agents before it don't send it, and controllers before it skip it.
     */
    record Policies(long version) implements AgentMessage {
        public Policies {
            WireText.count("version", version);
        }
    }

    /**
     * The agent requests its next certificate; the certificate of the stream proves the host. The controller answers
     * with {@link ControllerMessage.Certificate} or {@link ControllerMessage.CertificateRefused}.
     *
     * <p>Agents before it don't send it, and controllers before it skip it: the agent asks again later.
     *
     * @param csr PKCS#10 in PEM, of a key that the agent has just made
     */
    record CertificateRequest(String csr) implements AgentMessage {
        public CertificateRequest {
            WireText.pem("csr", csr, WireText.CSR);
        }
    }

    /**
     * What containers of the host reach of the host's own IAM role, past the agent.
     *
     * <p>Agents before it don't send it, and controllers before it skip it.
     *
     * @param hostRole the name of the host's role; empty if none was found
     * @param hostAccount the AWS account of that role, 12 digits; empty if it is not known, and from agents before it. An
     *     agent that states it answers {@link ControllerMessage.TryRoles}
     * @param unknown why the rest is not known, for operators; empty if everything was tried
     */
    record Exposure(String hostRole, String hostAccount, String unknown, List<Reached> reached)
            implements AgentMessage {
        public static final int MAX_REACHED = 32;

        public Exposure {
            if (!hostRole.isEmpty()) {
                WireText.identifier("hostRole", hostRole, WireText.HOST_ROLE);
            }
            if (!hostAccount.isEmpty()) {
                WireText.account("hostAccount", hostAccount);
            }
            unknown = WireText.sanitized(unknown);
            if (reached.size() > MAX_REACHED) {
                throw new IllegalArgumentException(
                        "reached must have at most " + MAX_REACHED + " items, has " + reached.size());
            }
            reached = List.copyOf(reached);
        }
    }

    /**
     * A container that another program than the agent answers at an address of the metadata service.
     *
     * @param containerId as in {@link RunningContainer}
     */
    record Reached(String containerId, String address) {
        public Reached {
            WireText.identifier("containerId", containerId, WireText.CONTAINER_ID);
            WireText.identifier("address", address, WireText.ADDRESS);
        }
    }

    /**
     * The answer to {@link ControllerMessage.TryRoles}: the roles that could be assumed, and those of which it is not known.
     * STS refused the others.
     *
     * <p>Sent only as an answer, so no controller before it receives it.
     *
     * @param batch that of the request
     * @param refused how many roles STS refused to the host's role
     */
    record RolesTried(long batch, List<String> assumable, int refused, List<Untried> untried) implements AgentMessage {
        public RolesTried {
            WireText.count("batch", batch);
            WireText.count("refused", refused);
            WireText.roles("assumable", assumable);
            if (untried.size() > ControllerMessage.TryRoles.MAX_ROLES) {
                throw new IllegalArgumentException("untried must have at most " + ControllerMessage.TryRoles.MAX_ROLES
                        + " items, has " + untried.size());
            }
            assumable = List.copyOf(assumable);
            untried = List.copyOf(untried);
        }
    }

    /**
     * A role of which it is not known whether it could be assumed.
     *
     * @param code {@link #THROTTLED}, or another word for the reason
     * @param message the reason, for operators
     */
    record Untried(String iamRoleArn, String code, String message) {
        /** STS limits the calls of the account: no more roles should be tried for a while. */
        public static final String THROTTLED = "throttled";

        public Untried {
            WireText.identifier("iamRoleArn", iamRoleArn, WireText.ROLE_ARN);
            WireText.identifier("code", code, WireText.CODE);
            message = WireText.sanitized(message);
        }
    }

    /**
     * A lease that the agent serves.
     *
     * @param containerId empty until the lease is bound, and from agents before it
     * @param name the credential name; empty from agents before it
     */
    record Held(
            String leaseId,
            String identityHash,
            Instant expiration,
            Optional<String> containerId,
            Optional<String> name) {
        public Held {
            WireText.identifier("leaseId", leaseId, WireText.LEASE_ID);
            WireText.identifier("identityHash", identityHash, WireText.HASH);
            containerId.ifPresent(id -> WireText.identifier("containerId", id, WireText.CONTAINER_ID));
            name.ifPresent(it -> WireText.identifier("name", it, WireText.NAME));
        }

        public Held(String leaseId, String identityHash, Instant expiration) {
            this(leaseId, identityHash, expiration, Optional.empty(), Optional.empty());
        }
    }

    /**
     * A running container.
     *
     * @param containerId the path of ids, outermost first, {@code parent/child}
     * @param startTicks start of its first process, in clock ticks since the host's boot (proc(5), stat field 22)
     * @param executor for which Mesos launched the outermost container, by Mesos's own record on the host; empty if there is
     *     none, of containers that have ended, and from agents before it
     */
    record RunningContainer(String containerId, long startTicks, Optional<Executor> executor) {
        public RunningContainer {
            WireText.identifier("containerId", containerId, WireText.CONTAINER_ID);
            WireText.count("startTicks", startTicks);
        }

        public RunningContainer(String containerId, long startTicks) {
            this(containerId, startTicks, Optional.empty());
        }
    }
}
