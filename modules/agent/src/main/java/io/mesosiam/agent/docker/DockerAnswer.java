package io.mesosiam.agent.docker;

/** The daemon's answer about one container. */
public sealed interface DockerAnswer {
    /**
     * The container exists.
     *
     * @param name as the daemon reports it, not verified
     * @param pid of its first process; 0 while it has none
     */
    record Known(String name, long pid) implements DockerAnswer {}

    /** The daemon has no container with this id: another engine made the cgroup. */
    record NotHere() implements DockerAnswer {}

    /**
     * The answer is longer than the part that is read, and that part lacks the name or the first process. This does not
     * change while the container exists.
     *
     * @param reason contains the limit
     */
    record TooLong(String reason) implements DockerAnswer {}

    /** There is no usable answer. */
    record Failed(String reason) implements DockerAnswer {}
}
