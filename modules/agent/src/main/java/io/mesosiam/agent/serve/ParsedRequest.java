package io.mesosiam.agent.serve;

/** What a request turned out to be. */
sealed interface ParsedRequest {
    /** An ask, at a surface. */
    record Asked(CredentialApi api, Ask ask) implements ParsedRequest {}

    /** Not an SDK's request, or one that is wrong. */
    record Unreadable(Failure failure) implements ParsedRequest {}

    /** A path of ours, asked by another method than its own. */
    record WrongMethod(String allowed) implements ParsedRequest {}
}
