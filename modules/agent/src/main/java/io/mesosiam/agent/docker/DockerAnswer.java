package io.mesosiam.agent.docker;

/** What the daemon says of one container. */
public sealed interface DockerAnswer {
    /**
     * It has such a container.
     *
     * @param name the daemon's word, not checked
     * @param pid of its first process; 0 while it has none
     */
    record Known(String name, long pid) implements DockerAnswer {}

    /** It has none of this id: another engine made the group. */
    record NotHere() implements DockerAnswer {}

    /**
     * It is longer than is read, and what is read does not say the name and the first process. It stays so while the container lives.
     *
     * @param reason with the bound
     */
    record TooLong(String reason) implements DockerAnswer {}

    /** No answer that can be used. */
    record Failed(String reason) implements DockerAnswer {}
}
