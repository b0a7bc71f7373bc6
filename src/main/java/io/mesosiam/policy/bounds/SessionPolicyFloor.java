package io.mesosiam.policy.bounds;

import io.mesosiam.policy.Entitlement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Statements that deny, which the session policy of every session of a namespace contains.
 *
 * <p>A session can do what its session policies allow together and none of them denies. So the statements are added to the
 * inline session policy. Without an inline session policy, the added policy also allows everything, since it would otherwise
 * allow nothing; beside managed session policies it doesn't, since it would then allow what they don't.
 *
 * @param statements each a statement of an IAM policy, JSON without spaces between the tokens
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session">Session policies</a>
 */
public record SessionPolicyFloor(List<String> statements) {
    /** The longest inline session policy that STS accepts, in characters. */
    private static final int LONGEST = 2048;

    private static final String ALLOW_ALL = "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}";

    public SessionPolicyFloor {
        statements = List.copyOf(statements);
        if (statements.isEmpty()) {
            throw new IllegalArgumentException("session_policy_floor: it has no statement");
        }
    }

    /**
     * Parses the JSON list of statements.
     *
     * @throws IllegalArgumentException if it isn't a JSON list; the message begins with the column
     */
    public static SessionPolicyFloor parse(String json) {
        return new SessionPolicyFloor(StatementTexts.list("session_policy_floor", json));
    }

    /** These statements, then the other's. */
    SessionPolicyFloor and(SessionPolicyFloor other) {
        return new SessionPolicyFloor(
                Stream.concat(statements.stream(), other.statements.stream()).toList());
    }

    /** The result of adding the statements to a session policy. */
    sealed interface Merge {}

    /** The entitlement with the session policy that contains the statements. */
    record Merged(Entitlement entitlement) implements Merge {}

    /** The statements can't be added so that they keep their meaning. Nothing must be issued. */
    record Unmergeable(String reason) implements Merge {}

    /** Adds the statements to the session policy of an entitlement. */
    Merge under(Entitlement gift) {
        Optional<StatementTexts.Document> own;
        try {
            own = gift.sessionPolicy().map(StatementTexts::document);
        } catch (IllegalArgumentException e) {
            return new Unmergeable(String.valueOf(e.getMessage()));
        }
        if (own.filter(document -> document.statements().isEmpty()).isPresent()) {
            // such a document denies everything
            return new Merged(gift);
        }
        List<String> first = own.map(StatementTexts.Document::statements)
                .orElseGet(() -> gift.sessionPolicyArns().isEmpty() ? List.of(ALLOW_ALL) : List.of());
        String merged = "{\"Version\":\"2012-10-17\",\"Statement\":["
                + String.join(
                        ",", Stream.concat(first.stream(), statements.stream()).toList()) + "]}";
        return merged.length() > LONGEST
                ? new Unmergeable("with the statements of the namespaces it has %,d characters, STS accepts 2,048"
                        .formatted(merged.length()))
                : new Merged(gift.with(draft -> draft.sessionPolicy = Optional.of(merged)));
    }
}
