package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.CertificateRequest.Fault;
import io.mesosiam.enrol.authority.HostName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Decides whether a request is signed, and if not, which condition failed first. Pure. */
final class EnrolmentRule {
    /** A host needs two a day; an agent that fails at the same place again and again must not fill the tables. */
    static final int MOST_AN_HOUR = 20;

    private EnrolmentRule() {}

    /** The decision. */
    sealed interface Decision {
        /**
         * A certificate is signed.
         *
         * @param counts whether it is a further use of the join token
         */
        record Sign(boolean counts) implements Decision {}

        /** No certificate is signed. */
        record Refuse(Refusal why) implements Decision {}

        /** No certificate is signed, and the host that the instance has enrolled as is evicted. */
        record Suspend(Refusal why) implements Decision {}
    }

    /**
     * A request with a join token.
     *
     * @param hash SHA-256 of the secret that came with the request, hexadecimal
     * @param fault of the request itself
     */
    static Decision byToken(
            String hash,
            HostName name,
            Optional<Fault> fault,
            Optional<EnrolmentFacts.Token> token,
            EnrolmentFacts.Host host) {
        return whyNot(hash, name, fault, token, host)
                .<Decision>map(Decision.Refuse::new)
                .orElseGet(() -> new Decision.Sign(host.use().isEmpty()));
    }

    /** A request over the stream of a certificate. */
    static Decision byCertificate(
            HostName name, Optional<Fault> fault, Optional<EnrolmentFacts.Issued> issued, EnrolmentFacts.Host host) {
        Optional<Refusal> refusal;
        if (issued.isEmpty() || !issued.get().hostname().equals(name.text())) {
            refusal = Optional.of(Refusal.CERTIFICATE_UNKNOWN);
        } else if (issued.get().evicted()) {
            refusal = Optional.of(Refusal.CERTIFICATE_EVICTED);
        } else if (issued.get().expired()) {
            refusal = Optional.of(Refusal.CERTIFICATE_EXPIRED);
        } else {
            refusal = ofHost(fault, host.evicted(), host);
        }
        return refusal.<Decision>map(Decision.Refuse::new).orElseGet(() -> new Decision.Sign(false));
    }

    /**
     * A request of an instance that fulfils the conditions of {@link InstanceRule}.
     *
     * @param instance empty if it has not enrolled before
     */
    static Decision byInstance(
            HostName name,
            Optional<Fault> fault,
            Optional<EnrolmentFacts.Instance> instance,
            EnrolmentFacts.Claimed claimed,
            EnrolmentFacts.Host host) {
        if (fault.isPresent()) {
            return new Decision.Refuse(Refusal.of(fault.get()));
        }
        // another instance may have the name of a terminated one
        boolean evicted = host.evicted() && !claimed.ofTerminated();
        if (instance.isPresent()) {
            EnrolmentFacts.Instance enrolled = instance.get();
            if (enrolled.terminated()) {
                return new Decision.Refuse(Refusal.INSTANCE_TERMINATED);
            }
            if (enrolled.suspended()) {
                return new Decision.Refuse(Refusal.INSTANCE_SUSPENDED);
            }
            if (evicted) {
                return new Decision.Refuse(Refusal.HOST_EVICTED);
            }
            if (claimed.ofOther() && enrolled.hostname().equals(name.text())) {
                // another machine has replaced it, which ended its certificates: there is nothing to suspend
                return new Decision.Refuse(Refusal.HOST_OTHER_PROOF);
            }
            if (enrolled.sameKey().equals(Optional.of(false))) {
                return new Decision.Suspend(Refusal.INSTANCE_OTHER_KEY);
            }
            if (enrolled.sameKey().isPresent() && !enrolled.hostname().equals(name.text())) {
                return new Decision.Refuse(Refusal.INSTANCE_OTHER_HOST);
            }
        }
        if (claimed.ofOther()) {
            return new Decision.Refuse(Refusal.HOST_OTHER_PROOF);
        }
        return ofHost(fault, evicted, host)
                .<Decision>map(Decision.Refuse::new)
                .orElseGet(() -> new Decision.Sign(false));
    }

    private static Optional<Refusal> whyNot(
            String hash,
            HostName name,
            Optional<Fault> fault,
            Optional<EnrolmentFacts.Token> found,
            EnrolmentFacts.Host host) {
        if (found.isEmpty()) {
            return Optional.of(Refusal.TOKEN_UNKNOWN);
        }
        EnrolmentFacts.Token token = found.get();
        if (!MessageDigest.isEqual(bytes(hash), bytes(token.hash()))) {
            return Optional.of(Refusal.TOKEN_SECRET);
        }
        if (token.revoked()) {
            return Optional.of(Refusal.TOKEN_REVOKED);
        }
        if (!host.now().isBefore(token.expiresAt())) {
            return Optional.of(Refusal.TOKEN_EXPIRED);
        }
        if (!covers(token.hostname(), name)) {
            return Optional.of(Refusal.TOKEN_OTHER_HOST);
        }
        // an agent that has to enrol again may still have its old token: no other key of it is a sign of a theft
        if (host.evicted()) {
            return Optional.of(Refusal.HOST_EVICTED);
        }
        if (host.use().isPresent() && host.use().get().evicted()) {
            return Optional.of(Refusal.TOKEN_BEFORE_EVICTION);
        }
        if (host.use().isPresent()
                && !host.use().get().sameKey()
                && !host.use().get().expired()) {
            return Optional.of(Refusal.TOKEN_OTHER_KEY);
        }
        // a lost answer is repeated while its certificate is valid
        if (host.use().isPresent() ? host.use().get().expired() : token.used() >= token.uses()) {
            return Optional.of(Refusal.TOKEN_USED);
        }
        // else one host of a group could take the name of another
        if (token.isPattern() && host.enrolledOtherwise()) {
            return Optional.of(Refusal.HOST_ENROLLED);
        }
        return ofHost(fault, host.evicted(), host);
    }

    private static byte[] bytes(String hexadecimal) {
        return hexadecimal.getBytes(StandardCharsets.US_ASCII);
    }

    private static Optional<Refusal> ofHost(Optional<Fault> fault, boolean evicted, EnrolmentFacts.Host host) {
        if (evicted) {
            return Optional.of(Refusal.HOST_EVICTED);
        }
        return host.recent() >= MOST_AN_HOUR ? Optional.of(Refusal.TOO_OFTEN) : fault.map(Refusal::of);
    }

    /** Whether a name, or a pattern for several, covers this host. */
    static boolean covers(String hostname, HostName name) {
        if (!hostname.contains("*")) {
            return HostName.of(hostname).filter(name::equals).isPresent();
        }
        String[] patterns = hostname.split("\\.", -1);
        String[] labels = name.text().split("\\.", -1);
        return !name.isAddress()
                && patterns.length == labels.length
                && IntStream.range(0, labels.length).allMatch(i -> coversLabel(patterns[i], labels[i]));
    }

    /** No regular expression, which a pattern with many stars would keep busy for years. */
    private static boolean coversLabel(String pattern, String label) {
        String[] parts = pattern.split("\\*", -1);
        if (parts.length == 1) {
            return pattern.equals(label);
        }
        String last = parts[parts.length - 1];
        if (!label.startsWith(parts[0]) || !label.endsWith(last)) {
            return false;
        }
        int at = parts[0].length();
        int end = label.length() - last.length();
        for (String part : Arrays.asList(parts).subList(1, parts.length - 1)) {
            int found = label.indexOf(part, at);
            if (found < 0) {
                return false;
            }
            at = found + part.length();
        }
        return at <= end;
    }
}
