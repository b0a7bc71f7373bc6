package io.mesosiam.agent.serve.http;

import java.util.function.Supplier;

/** How one request is answered. */
public sealed interface Handling {
    /** The answer is there. */
    record Done(Response response) implements Handling {}

    /**
     * Something has to be awaited or read.
     *
     * @param answer makes the answer, on a thread that may wait
     */
    record Waits(Supplier<Response> answer) implements Handling {}
}
