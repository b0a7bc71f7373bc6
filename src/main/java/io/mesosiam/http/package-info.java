/**
 * What all of a controller's HTTP ports require of their peers.
 *
 * <p>In: a connection. Out: the source for which it counts, and the connection closed if its peer sends requests together or
 * leaves answers unread. {@link
 * io.mesosiam.http.OneRequestAtATime} is the door.
 */
@NullMarked
package io.mesosiam.http;

import org.jspecify.annotations.NullMarked;
