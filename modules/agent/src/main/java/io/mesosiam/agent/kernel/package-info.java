/**
 * The calls into the kernel that the JDK doesn't have: netlink, namespaces, fast looks through {@code /proc}. In: numbers and bytes. Out: the
 * kernel's answers, its refusals as {@link java.io.IOException}. Knows nothing of what they are asked for. Where foreign functions
 * aren't available the classes here can't be initialised, which callers meet as a {@link LinkageError}.
 */
@NullMarked
package io.mesosiam.agent.kernel;

import org.jspecify.annotations.NullMarked;
