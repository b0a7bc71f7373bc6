package io.mesosiam.agent.redirect;

/**
 * The packet filter did not apply or list its rules. The message has the attempt, the result and, if it helps, the
 * cure.
 */
public final class RulesException extends Exception {
    private static final long serialVersionUID = 1;

    RulesException(String message) {
        super(message);
    }

    RulesException(String message, Throwable cause) {
        super(message, cause);
    }
}
