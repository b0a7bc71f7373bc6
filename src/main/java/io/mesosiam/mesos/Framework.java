package io.mesosiam.mesos;

import java.util.Optional;

/**
 * A framework as the master reports it.
 *
 * @param principal the principal it authenticated as; empty if it did not authenticate or the master hides it. The
 *     first reported value for a framework id is kept; a different later value makes the framework {@code disputed}
 * @param user the user of tasks that name no user of their own
 * @param disputed whether the master now reports another principal for the same id; nothing is given while it does
 */
public record Framework(FrameworkId id, String name, Optional<String> principal, String user, boolean disputed) {}
