package io.mesosiam.trial;

import java.time.Instant;

/** What a container got for one request. */
sealed interface Reply {
    /** Credentials, as they were served. */
    record Credentials(String accessKeyId, Instant expiration) implements Reply {}

    /** No credentials, such as a status other than 200, or no answer. */
    record Nothing(String why) implements Reply {}
}
