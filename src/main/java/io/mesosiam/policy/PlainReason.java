package io.mesosiam.policy;

import io.vertx.core.json.DecodeException;

/** What a library's exception says, as one short line for operators: without the class, the place in its source, and control characters. */
public final class PlainReason {
    private static final int LONGEST = 300;

    private PlainReason() {}

    /** The first line of its message; of JSON that can't be read, what is wrong and where. */
    public static String of(Throwable failure) {
        String first =
                String.valueOf(failure.getMessage()).strip().lines().findFirst().orElse("");
        String line = first.replaceFirst("^Failed to decode: ?", "")
                .replaceFirst("\\s*(at )?\\[Source: .*$", "")
                .replaceAll("\\p{Cntrl}", " ")
                .strip();
        String reason =
                line.isEmpty() || line.equals("null") ? failure.getClass().getSimpleName() : line;
        String cut = reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST) + "…";
        return failure instanceof DecodeException ? "it is not JSON: " + cut : cut;
    }
}
