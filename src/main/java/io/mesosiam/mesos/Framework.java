package io.mesosiam.mesos;

import java.util.Optional;

/**
 * A framework as the master shows it.
 *
 * @param principal what it authenticated as; empty where it did not or the master hides it. Pinned at first sight of the
 *     framework's id: a later, different one makes the framework {@code disputed}
 * @param user the user that its tasks run as unless they name their own
 * @param disputed whether the master now names another principal for the same id; nothing is granted while it does
 */
public record Framework(FrameworkId id, String name, Optional<String> principal, String user, boolean disputed) {}
