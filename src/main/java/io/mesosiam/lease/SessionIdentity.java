package io.mesosiam.lease;

import io.mesosiam.policy.IamRole;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that shapes an STS session, with all templates filled in. Leases with equal identities may share a
 * session. If the identity changes, a new lease replaces the old one.
 *
 * @param droppableTags keys of {@code tags} without which the session may be issued if STS finds the tags too large, in
 *     the order in which they are dropped
 * @param via the hub role whose session assumes {@code role}
 */
public record SessionIdentity(
        IamRole role,
        String sessionName,
        Optional<String> sessionPolicy,
        List<String> sessionPolicyArns,
        SortedMap<String, String> tags,
        List<String> transitiveTags,
        List<String> droppableTags,
        Optional<String> sourceIdentity,
        Optional<String> externalId,
        Optional<String> region,
        Optional<IamRole> via,
        Duration length) {
    public SessionIdentity {
        sessionPolicyArns = List.copyOf(sessionPolicyArns);
        tags = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        transitiveTags = List.copyOf(transitiveTags);
        droppableTags = List.copyOf(droppableTags);
    }

    /** SHA-256 of the identity as 64 hexadecimal digits. Agents report it instead of key material. */
    public String hash() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(canonical().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /**
     * Prefixes each part with its length, so that different identities have different texts. The parts that an earlier
     * version didn't have are added only if they are set, so that the hashes of that version's leases stay the same.
     */
    private String canonical() {
        StringBuilder text = new StringBuilder();
        append(text, role.arn());
        append(text, sessionName);
        append(text, sessionPolicy);
        append(text, sessionPolicyArns);
        append(text, tags.keySet());
        append(text, tags.values());
        append(text, transitiveTags);
        append(text, sourceIdentity);
        append(text, externalId);
        append(text, region);
        append(text, length.toString());
        if (!droppableTags.isEmpty()) {
            append(text, "droppable");
            append(text, droppableTags);
        }
        via.ifPresent(hub -> {
            append(text, "via");
            append(text, hub.arn());
        });
        return text.toString();
    }

    private static void append(StringBuilder text, String part) {
        text.append(part.length()).append(':').append(part);
    }

    private static void append(StringBuilder text, Optional<String> part) {
        append(text, part.isPresent() ? List.of(part.get()) : List.of());
    }

    private static void append(StringBuilder text, Collection<String> parts) {
        text.append(parts.size()).append('[');
        parts.forEach(part -> append(text, part));
    }

    /** Omits the external id, which a third party may treat as confidential. */
    @Override
    public String toString() {
        return "SessionIdentity[" + role + ", " + sessionName + ", " + hash().substring(0, 12) + "]";
    }
}
