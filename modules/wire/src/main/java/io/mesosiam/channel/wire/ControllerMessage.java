package io.mesosiam.channel.wire;

import io.mesosiam.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Messages from a controller to an agent. */
public sealed interface ControllerMessage {
    /**
     * The complete state of this host. The agent drops every lease and refusal that is not in it.
     *
     * @param retained leases that stay as the agent holds them, for containers of which the controller knows no task yet.
     *     Controllers before it send none, and agents before it skip it
     */
    record Sync(long epoch, List<Entry> entries, List<String> retained) implements ControllerMessage {
        public Sync {
            WireText.count("epoch", epoch);
            entries = List.copyOf(entries);
            retained.forEach(lease -> WireText.identifier("retained", lease, WireText.LEASE_ID));
            retained = List.copyOf(retained);
        }

        public Sync(long epoch, List<Entry> entries) {
            this(epoch, entries, List.of());
        }
    }

    /** One entry is new or changed. */
    record Upsert(Entry entry) implements ControllerMessage {}

    /** Stop serving this lease. */
    record Remove(String leaseId, String reason) implements ControllerMessage {
        public Remove {
            WireText.identifier("leaseId", leaseId, WireText.LEASE_ID);
            reason = WireText.sanitized(reason);
        }
    }

    /** Drop the refusal of this container and name. */
    record ClearRefusal(String containerId, String name) implements ControllerMessage {
        public ClearRefusal {
            WireText.identifier("containerId", containerId, WireText.CONTAINER_ID);
            WireText.identifier("name", name, WireText.NAME);
        }
    }

    /**
     * Every task is decided by this version of the policies, or a newer one, and what that changes on this host has been
     * sent before this message. The agent confirms it with {@link AgentMessage.Policies}.
     *
     * <p>Controllers before it don't send it, and agents before it skip it.
     */
    record Policies(long version) implements ControllerMessage {
        public Policies {
            WireText.count("version", version);
        }
    }

    /**
     * The answer to {@link AgentMessage.CertificateRequest}: a certificate for the requested key with the names of the
     * stream's certificate, which stays valid until it expires.
     *
     * <p>Sent only as an answer, so no agent before it receives it.
     *
     * @param certificate PEM: the agent's certificate, then the intermediates between it and a root
     * @param authorities PEM: the roots that the agent trusts from now on; they replace those that it has
     */
    record Certificate(String certificate, String authorities) implements ControllerMessage {
        public Certificate {
            WireText.pem("certificate", certificate, WireText.CERTIFICATES);
            WireText.pem("authorities", authorities, WireText.CERTIFICATES);
        }
    }

    /**
     * No certificate for now. The stream continues and its certificate stays valid; the agent asks again after one
     * minute, doubling to one hour.
     */
    record CertificateRefused(String code, String message) implements ControllerMessage {
        public CertificateRefused {
            WireText.identifier("code", code, WireText.CODE);
            message = WireText.sanitized(message);
        }
    }

    /**
     * Try whether the host's own role can assume these roles; the agent answers with {@link AgentMessage.RolesTried}. A second
     * request before that answer is dropped.
     *
     * <p>Sent only to agents that state the account of the host's role, so no agent before it receives it.
     *
     * @param batch identifies the request on this stream
     * @param hostRole the name of the host's role: if the host has another one now, nothing is tried
     * @param hostAccount the AWS account of that role
     */
    record TryRoles(long batch, String hostRole, String hostAccount, List<String> iamRoleArns)
            implements ControllerMessage {
        public static final int MAX_ROLES = 100;

        public TryRoles {
            WireText.count("batch", batch);
            WireText.identifier("hostRole", hostRole, WireText.HOST_ROLE);
            WireText.account("hostAccount", hostAccount);
            WireText.roles("iamRoleArns", iamRoleArns);
            iamRoleArns = List.copyOf(iamRoleArns);
        }
    }

    /**
     * This controller will end the stream soon: open a stream to another one, each host at a random time within {@code
     * within}. This stream goes on until the other one has sent this host's leases.
     *
     * <p>Agents before it skip it, and connect elsewhere when the stream ends.
     */
    record Move(Duration within) implements ControllerMessage {
        public static final Duration LONGEST = Duration.ofMinutes(1);

        public Move {
            if (within.isNegative() || within.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("withinMillis must be 0 to " + LONGEST + ", is " + within);
            }
        }
    }

    /**
     * The stream ends; the controller closes it after this.
     *
     * @param persistence whether the agent can connect again soon or an operator has to act first
     */
    record Fault(String code, String message, Persistence persistence) implements ControllerMessage {
        /** The delay of a passing fault that states none. */
        public static final Duration DEFAULT_RETRY = Duration.ofMillis(500);

        /** The longest delay that a passing fault can state; a fault that needs more time is lasting. */
        public static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

        public Fault {
            WireText.identifier("code", code, WireText.CODE);
            message = WireText.sanitized(message);
        }

        /** A fault that goes away without an operator; the agent connects again after {@link #DEFAULT_RETRY}. */
        public static Fault passing(String code, String message) {
            return new Fault(code, message, new Passing(DEFAULT_RETRY));
        }

        /** A fault that lasts until an operator acts; the message states the remedy. */
        public static Fault lasting(String code, String message) {
            return new Fault(code, message, new Lasting());
        }

        /** How long a fault lasts. */
        public sealed interface Persistence {}

        /** The agent tries another controller first, and this one again after {@code retryAfter} plus jitter. */
        public record Passing(Duration retryAfter) implements Persistence {
            public Passing {
                if (retryAfter.isNegative() || retryAfter.compareTo(LONGEST_RETRY) > 0) {
                    throw new IllegalArgumentException(
                            "retryAfter must be 0 to " + LONGEST_RETRY + ", is " + retryAfter);
                }
            }
        }

        /** The agent tries this controller again after minutes. */
        public record Lasting() implements Persistence {}
    }

    /** An answer for a container. */
    sealed interface Entry {
        /**
         * A lease with its session.
         *
         * @param containerId empty until the lease is bound
         * @param traceparent the trace of the session on its way, as W3C's Trace Context writes it, if the controller
         *     traces; controllers before it send none, and agents before it skip it
         * @param executor of the lease's task as the leading master shows it, if it is known; controllers before it send none, and agents before it skip it
         */
        record Served(
                String leaseId,
                long revision,
                Optional<String> containerId,
                String name,
                String roleArn,
                String identityHash,
                WireSession session,
                Optional<String> traceparent,
                Optional<Executor> executor)
                implements Entry {
            public Served {
                checkLease(leaseId, revision, containerId, name, roleArn, identityHash);
                traceparent.ifPresent(trace -> WireText.traceparent("traceparent", trace));
            }

            public Served(
                    String leaseId,
                    long revision,
                    Optional<String> containerId,
                    String name,
                    String roleArn,
                    String identityHash,
                    WireSession session) {
                this(
                        leaseId,
                        revision,
                        containerId,
                        name,
                        roleArn,
                        identityHash,
                        session,
                        Optional.empty(),
                        Optional.empty());
            }
        }

        /**
         * A lease whose session the agent already has.
         *
         * @param heldAs the lease under which the agent has the session, if it is another one: that lease ends with
         *     this message
         * @param executor as of {@link Served}
         */
        record Kept(
                String leaseId,
                long revision,
                Optional<String> containerId,
                String name,
                String roleArn,
                String identityHash,
                Optional<String> heldAs,
                Optional<Executor> executor)
                implements Entry {
            public Kept {
                checkLease(leaseId, revision, containerId, name, roleArn, identityHash);
                heldAs.ifPresent(id -> WireText.identifier("heldAs", id, WireText.LEASE_ID));
            }

            public Kept(
                    String leaseId,
                    long revision,
                    Optional<String> containerId,
                    String name,
                    String roleArn,
                    String identityHash) {
                this(leaseId, revision, containerId, name, roleArn, identityHash, Optional.empty(), Optional.empty());
            }
        }

        /** A refusal with the code and message for the container. */
        record Refusal(String containerId, String name, String code, String message) implements Entry {
            public Refusal {
                WireText.identifier("containerId", containerId, WireText.CONTAINER_ID);
                WireText.identifier("name", name, WireText.NAME);
                WireText.identifier("code", code, WireText.CODE);
                message = WireText.sanitized(message);
            }
        }

        private static void checkLease(
                String leaseId,
                long revision,
                Optional<String> containerId,
                String name,
                String roleArn,
                String identityHash) {
            WireText.identifier("leaseId", leaseId, WireText.LEASE_ID);
            WireText.count("revision", revision);
            containerId.ifPresent(id -> WireText.identifier("containerId", id, WireText.CONTAINER_ID));
            WireText.identifier("name", name, WireText.NAME);
            WireText.identifier("iamRoleArn", roleArn, WireText.ROLE_ARN);
            WireText.identifier("identityHash", identityHash, WireText.HASH);
        }
    }

    /**
     * A session with its key material: printable ASCII without quotation marks and backslashes, so that the bytes are
     * the same in a frame and in a response.
     */
    record WireSession(String accessKeyId, Secret secretAccessKey, Secret sessionToken, Instant expiration) {
        public WireSession {
            WireText.plain("accessKeyId", accessKeyId.getBytes(StandardCharsets.UTF_8), WireText.ACCESS_KEY_ID);
            WireText.plain("secretAccessKey", secretAccessKey.reveal(), WireText.SECRET_ACCESS_KEY);
            WireText.plain("sessionToken", sessionToken.reveal(), WireText.SESSION_TOKEN);
        }
    }
}
