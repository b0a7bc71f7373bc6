package io.mesosiam.agent.serve;

/** What a request turned out to be. */
sealed interface Reading {
    /** An ask, at a surface. */
    record Asked(Surface surface, Ask ask) implements Reading {}

    /** Not an SDK's request, or one that is wrong. */
    record Unreadable(Failure failure) implements Reading {}

    /** A path of ours, asked by another method than its own. */
    record WrongMethod(String allowed) implements Reading {}
}
