/**
 * The system calls that the JDK lacks: netlink, namespaces, fast scans of {@code /proc}. In: numbers and bytes. Out:
 * the kernel's answers, and its errors as {@link java.io.IOException}. Knows nothing of their purpose. If foreign
 * functions are not available, callers get a {@link LinkageError}. Each
 * public class is a door of its own and wraps one facility of the kernel, such as
 * {@link io.mesosiam.agent.kernel.Pidfd} or {@link io.mesosiam.agent.kernel.NetlinkSocket}.
 */
@NullMarked
package io.mesosiam.agent.kernel;

import org.jspecify.annotations.NullMarked;
