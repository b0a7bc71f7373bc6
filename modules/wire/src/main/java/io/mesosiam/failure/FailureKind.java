package io.mesosiam.failure;

/**
 * The kind of an unexpected exception: two exceptions of one kind indicate the same defect. The exception's message is
 * not part of it, because a message may contain a peer's data.
 *
 * @param exception name of the exception's class
 * @param place {@code Class.method:line} that threw it, or {@code unknown} if the exception has no stack trace
 */
public record FailureKind(String exception, String place) {
    public static FailureKind of(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        String place = trace.length == 0
                ? "unknown"
                : trace[0].getClassName() + "." + trace[0].getMethodName() + ":" + trace[0].getLineNumber();
        return new FailureKind(failure.getClass().getName(), place);
    }
}
