package io.mesosiam.agent.redirect;

/** The packet filter didn't take or tell its rules. The message says what was tried, what came of it, and where it helps, the cure. */
public final class RulesException extends Exception {
    private static final long serialVersionUID = 1;

    RulesException(String message) {
        super(message);
    }

    RulesException(String message, Throwable cause) {
        super(message, cause);
    }
}
