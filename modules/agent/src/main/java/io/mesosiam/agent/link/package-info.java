/**
 * The stream to the controllers, and the leases that it brings.
 *
 * <p>In: the messages of one controller at a time; the containers that start and end on this host; the leases that
 * requests wait for. Out: {@link io.mesosiam.agent.link.LeaseStore}, which answers requests with or without a
 * controller, and the reports that {@link io.mesosiam.agent.link.ControllerLink} sends. Knows nothing of HTTP and of the
 * kernel: a container is an id and a start time.
 */
@NullMarked
package io.mesosiam.agent.link;

import org.jspecify.annotations.NullMarked;
