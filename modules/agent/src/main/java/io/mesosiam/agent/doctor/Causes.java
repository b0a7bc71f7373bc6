package io.mesosiam.agent.doctor;

import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Searches a failure and its causes. */
final class Causes {
    private static final int MOST_CAUSES = 20;

    private Causes() {}

    /** The explanation of the innermost cause that has one; empty if none has. */
    static <T> Optional<T> explained(Throwable failure, Function<Throwable, Optional<T>> explanation) {
        return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(MOST_CAUSES)
                .toList()
                .reversed()
                .stream()
                .flatMap(cause -> explanation.apply(cause).stream())
                .findFirst();
    }
}
