/**
 * Watching policies, leases and agents: server-sent events of what has changed.
 *
 * <p>In: the state of the stages, compared with what it was before. Out: streams of events, each with a version at which a
 * caller can resume. A stream reads at its own pace from a bounded list of changes; nothing is queued for it.
 * {@link io.mesosiam.api.watch.WatchResource} is the door.
 */
@NullMarked
package io.mesosiam.api.watch;

import org.jspecify.annotations.NullMarked;
