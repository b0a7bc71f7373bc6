package io.mesosiam.agent.serve;

/** The result of parsing an HTTP request. */
sealed interface ParsedRequest {
    /** A valid request to one of the services. */
    record Valid(CredentialApi api, CredentialRequest request) implements ParsedRequest {}

    /** Not an SDK's request, or a wrong one. */
    record Unreadable(Failure failure) implements ParsedRequest {}

    /** A known path with a method that it does not support. */
    record WrongMethod(String allowed) implements ParsedRequest {}
}
