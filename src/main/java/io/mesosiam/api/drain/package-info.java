/**
 * Draining a controller, in the REST API.
 *
 * <p>In: an operator's request. Out: the state of the drain. {@link io.mesosiam.api.drain.DrainResource} is the door.
 */
@NullMarked
package io.mesosiam.api.drain;

import org.jspecify.annotations.NullMarked;
