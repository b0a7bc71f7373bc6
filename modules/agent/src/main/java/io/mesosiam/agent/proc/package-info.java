/**
 * Reads the kernel's facts about single processes: whether one lives, its parent, users, cgroups and networks, and the
 * sockets that it holds. In: a pid. Out: facts of a process that has not been replaced by another one with the same pid,
 * also if its first thread has ended. A process that can't be read counts as neither alive nor ended.
 * {@link io.mesosiam.agent.proc.ProcFs} is the door.
 */
@NullMarked
package io.mesosiam.agent.proc;

import org.jspecify.annotations.NullMarked;
