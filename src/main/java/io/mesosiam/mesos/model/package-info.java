/**
 * The pure reducer of cluster events.
 *
 * <p>In: a {@link io.mesosiam.mesos.model.ClusterEvent}. Out: the next {@link io.mesosiam.mesos.ClusterState} and the
 * launches that have changed. The same events in the same order give the same state. No I/O, no clock, no threads, no
 * logs. A task missing from a listing does not end a launch by itself: docs/decisions/0004-relaunch-is-an-end.md.
 * {@link io.mesosiam.mesos.model.ClusterModel} is the door.
 */
@NullMarked
package io.mesosiam.mesos.model;

import org.jspecify.annotations.NullMarked;
