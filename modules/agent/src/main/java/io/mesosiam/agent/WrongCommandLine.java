package io.mesosiam.agent;

/** Arguments that are no command of the agent; the message states what is accepted. */
final class WrongCommandLine extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    WrongCommandLine(String message) {
        super(message);
    }
}
